package dev.userservice.check;

import dev.userservice.call.Proxies;
import dev.userservice.settings.Settings;
import dev.userservice.tools.UserTools;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * {@code check}: reports of each stage that a call depends on whether it holds, and stops at the first that does not,
 * with what to do about it. The first two stages, settings and audit log, hold once they could be opened, which is the
 * caller's part: it says how that went, first of all.
 */
public final class SelfCheck {

    static final String SETTINGS = "settings";
    static final String AUDIT = "audit log";

    private final CheckReport report;

    public SelfCheck(CheckReport report) {
        this.report = report;
    }

    /** The first stage: the settings were read. */
    public void settingsRead(Settings settings) {
        report.passed(SETTINGS, "read; tools: " + String.join(", ", settings.tools()));
    }

    /** The second stage: the audit log was opened, and takes lines. */
    public void auditLogOpened(Settings settings) {
        report.passed(AUDIT, settings.auditFile().map(Path::toString).orElse("standard error"));
    }

    /** Whichever of the first two stages is next has failed, and with it the check. */
    public void refused(List<String> problems) {
        report.failed(report.has(SETTINGS) ? AUDIT : SETTINGS, String.join("; ", problems), "correct what is named");
        report.end(false);
    }

    /**
     * Goes through all further stages.
     *
     * @param tools those offered; they are called through the whole pipeline
     * @param client the name under which the calls are recorded
     * @param user the ID of a user to ask for; without it one that a call returns is taken
     * @return whether every stage holds
     */
    public boolean run(Settings settings, Proxies proxies, UserTools tools, String client, Optional<String> user) {
        boolean passed = furtherStages(settings, proxies, tools, client, user);
        report.end(passed);
        return passed;
    }

    private boolean furtherStages(
            Settings settings, Proxies proxies, UserTools tools, String client, Optional<String> user) {
        try {
            new NetworkCheck(settings, proxies, report).run();
            new CallCheck(tools, client, report).run(user);
            return true;
        } catch (StageFailure e) {
            report.failed(e.stage(), e.getMessage(), e.remedy());
            return false;
        }
    }
}
