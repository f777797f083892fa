package dev.userservice.check;

import dev.userservice.call.Proxies;
import dev.userservice.settings.Settings;
import dev.userservice.tools.UserTools;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * {@code check}: reports each stage that a call depends on and stops at the first that fails, with what to do about it.
 * The caller goes through the first two stages, reading the settings and opening the audit log, and says how they went.
 * For one thread.
 */
public final class SelfCheck {

    static final String AUDIT = "audit log";
    static final String DISCLOSURE = "disclosure";
    static final String WAIT_OR_RAISE = "wait, or raise USER_SERVICE_DISCLOSURE_PER_DAY";
    private static final String SETTINGS = "settings";

    private final CheckReport report;

    public SelfCheck(CheckReport report) {
        this.report = report;
    }

    /** The first stage has passed: the settings were read. */
    public void settingsRead(Settings settings) {
        String preset = settings.preset().map(name -> "; preset: " + name).orElse("");
        String overrides = settings.presetOverrides().isEmpty()
                ? ""
                : ", but for " + String.join(", ", settings.presetOverrides());
        report.passed(SETTINGS, "read" + preset + overrides + "; tools: " + String.join(", ", settings.tools()));
    }

    /** The second stage has passed: the audit log was opened, and takes lines. */
    public void auditLogOpened(Settings settings) {
        report.passed(AUDIT, settings.auditFile().map(Path::toString).orElse("standard error"));
    }

    /** Whichever of the first two stages is next has failed, and with it the check. */
    public void refused(List<String> problems) {
        report.failed(report.has(SETTINGS) ? AUDIT : SETTINGS, String.join("; ", problems), "correct what is named");
        report.end(false);
    }

    /**
     * Goes through all further stages; returns whether every one has passed.
     *
     * @param client the name under which the calls are recorded
     * @param user the ID of a user to ask for; without it one that a call returns is taken
     */
    public boolean run(Settings settings, Proxies proxies, UserTools tools, String client, Optional<String> user) {
        try {
            new NetworkCheck(settings, proxies, report).run();
            new CallCheck(tools, client, settings.oauth().isPresent(), report).run(user);
            report.end(true);
            return true;
        } catch (CheckReport.StageFailure e) {
            report.end(false);
            return false;
        }
    }
}
