package dev.userservice.app;

import dev.userservice.app.CommandLine.Option;
import dev.userservice.audit.AuditLog.EndReason;
import dev.userservice.settings.Settings;
import dev.userservice.settings.SettingsException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A run whose settings are read: what {@code serve}, {@code call} and {@code check} begin with.
 *
 * @param host with the variables of the file that the command line names
 * @param notices what to say on standard error before the service begins, a line each
 */
record Launch(CommandLine line, Host host, Settings settings, String version, List<String> notices) {

    /** Begins the service, and has it end at a signal. */
    Service open() throws SettingsException {
        Service service = service();
        onSignal(() -> service.end(EndReason.SIGNAL));
        return service;
    }

    /** Begins the service. What leaves of made-up people takes nothing from the budget for real ones. */
    Service service() throws SettingsException {
        notices.forEach(host.err()::println);
        Optional<Path> countBeside = settings.auditFile().filter(file -> !line.has(Option.DEMO));
        return Wiring.service(settings, host, version, countBeside);
    }

    /** Runs {@code action} at a signal that ends the process, and also when the process ends by itself. */
    static void onSignal(Runnable action) {
        Runnable ending = () -> {
            action.run();
            Diagnostics.flush();
        };
        Runtime.getRuntime().addShutdownHook(new Thread(ending, "signal"));
    }
}
