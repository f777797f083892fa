package dev.userservice.app;

import dev.userservice.audit.AuditLog.EndReason;
import dev.userservice.call.Proxies;
import dev.userservice.check.CheckReport;
import dev.userservice.check.SelfCheck;
import dev.userservice.settings.Settings;
import dev.userservice.settings.SettingsException;
import java.io.PrintStream;

/** {@code check}: opens settings and service, has both looked at stage by stage, and ends the session. */
final class CheckRunner {

    private final Host host;
    private final String version;

    CheckRunner(Host host, String version) {
        this.host = host;
        this.version = version;
    }

    ExitCode run(CommandLine line, PrintStream out) {
        SelfCheck check = new SelfCheck(new CheckReport(out, line.json()));
        Host named;
        Service service;
        try {
            named = host.with(line.envFile());
            Settings settings = Settings.read(named.environment(), named.auditFile(), version);
            settings.warnings().forEach(host.err()::println);
            check.settingsRead(settings);
            service = Wiring.service(settings, named, version);
            Program.onSignal(() -> service.end(EndReason.SIGNAL));
            check.auditLogOpened(settings);
        } catch (SettingsException e) {
            check.refused(e.problems());
            return ExitCode.WRONG_SETTINGS;
        }
        try {
            Proxies proxies = new Proxies(named.environment(), named.properties());
            String client = "user-service-check/" + version;
            boolean passed = check.run(service.settings(), proxies, service.tools(), client, line.user());
            return passed ? ExitCode.DONE : ExitCode.FAILED;
        } finally {
            service.end(EndReason.END_OF_INPUT);
        }
    }
}
