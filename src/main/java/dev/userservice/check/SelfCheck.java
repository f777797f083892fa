package dev.userservice.check;

import dev.userservice.limit.DisclosureBudget;
import dev.userservice.model.CallFailure;
import dev.userservice.settings.Setting;
import dev.userservice.settings.Settings;
import dev.userservice.tools.UserTools;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * {@code check}: reports each stage that a call depends on and stops at the first that fails, with what to do about it.
 * The caller goes through the first stages, reading the settings and opening the audit log and what is counted beside
 * it, and says how they went. For one thread.
 */
public final class SelfCheck {

    /** How the problem begins where disclosures cannot be counted. */
    public static final String UNCOUNTED = Setting.USER_SERVICE_DISCLOSURE_PER_DAY + " cannot be kept: ";

    static final String AUDIT = "audit log";
    static final String DISCLOSURE = "disclosure";
    private static final String RAISE = "raise USER_SERVICE_DISCLOSURE_PER_DAY";
    static final String WAIT_OR_RAISE = "wait, or " + RAISE;
    private static final String CORRECT = "correct what is named";
    private static final String SETTINGS = "settings";

    /** What a check can disclose: two users found, and one of them got. */
    private static final int NEEDED_RECORDS = 3;

    /** Where at least so many are left, a check discloses up to eight more, to find what three cannot show. */
    private static final int PLENTY_OF_RECORDS = 100;

    private final CheckReport report;
    private String auditLog = "";

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
        auditLog = settings.auditFile().map(Path::toString).orElse("standard error");
    }

    /** Whichever of the stages is next has failed, and with it the check. */
    public void refused(List<String> problems) {
        if (problems.get(0).startsWith(UNCOUNTED)) {
            report.passed(AUDIT, auditLog); // which was opened before
        }
        String stage = report.has(AUDIT) ? DISCLOSURE : report.has(SETTINGS) ? AUDIT : SETTINGS;
        report.failed(stage, problems, CORRECT);
        report.end(false);
    }

    /**
     * Goes through all further stages; returns whether every one has passed.
     *
     * @param budget whose records the calls disclose
     * @param client the name under which the calls are recorded
     * @param user the ID of a user to ask for; without it one that a call returns is taken
     */
    public boolean run(
            Settings settings, DisclosureBudget budget, UserTools tools, String client, Optional<String> user) {
        try {
            report.passed(AUDIT, auditLog);
            boolean plenty = requireEnough(budget) >= PLENTY_OF_RECORDS;
            new NetworkCheck(settings, report).run();
            new CallCheck(tools, client, settings.oauth().isPresent(), report).run(user, plenty);
            report.end(true);
            return true;
        } catch (CheckReport.StageFailure e) {
            report.end(false);
            return false;
        }
    }

    /** Returns how many records may leave. */
    private long requireEnough(DisclosureBudget budget) throws CheckReport.StageFailure {
        DisclosureBudget.Left left;
        try {
            left = budget.left();
        } catch (CallFailure e) {
            throw report.failed(DISCLOSURE, e.getMessage(), CORRECT);
        }
        String next = left.next().map(time -> ", the next from " + time + " on").orElse("");
        String finding = "%d of %d user records may leave now%s".formatted(left.records(), left.perDay(), next);
        if (left.records() < NEEDED_RECORDS) {
            String remedy = left.perDay() < NEEDED_RECORDS ? RAISE : WAIT_OR_RAISE;
            throw report.failed(DISCLOSURE, finding + "; a check needs " + NEEDED_RECORDS, remedy);
        }
        report.passed(DISCLOSURE, finding);
        return left.records();
    }
}
