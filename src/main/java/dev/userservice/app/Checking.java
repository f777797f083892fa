package dev.userservice.app;

import dev.userservice.app.CommandLine.Option;
import dev.userservice.app.CommandLine.UsageException;
import dev.userservice.call.Proxies;
import dev.userservice.check.SelfCheck;
import dev.userservice.model.IdFormat;
import dev.userservice.settings.Settings;
import dev.userservice.settings.SettingsException;
import dev.userservice.tools.Catalogue;
import dev.userservice.tools.Tool;
import dev.userservice.tools.Trial;
import java.util.List;
import java.util.Optional;

/** {@code check}, once the settings are read. */
final class Checking {

    private Checking() {}

    static ExitCode run(Launch launch, SelfCheck check) throws UsageException, SettingsException {
        Settings settings = launch.settings();
        Optional<String> user = launch.line().value(Option.USER);
        requireUsable(user, settings);
        check.settingsRead(settings);
        try (Service service = launch.open()) {
            Proxies proxies =
                    new Proxies(launch.host().environment(), launch.host().properties());
            String client = "user-service-check/" + launch.version();
            boolean passed = check.run(settings, proxies, service.budget(), service.tools(), client, user);
            return passed ? ExitCode.DONE : ExitCode.FAILED;
        }
    }

    /** Requires that a tool offered takes the ID of the user to check, and that it is one. */
    private static void requireUsable(Optional<String> user, Settings settings) throws UsageException {
        List<Tool> tools = Catalogue.of(settings.layout(), settings.tools(), settings.fields(), settings.departments());
        if (user.isPresent() && tools.stream().noneMatch(tool -> tool.trial() instanceof Trial.Getter)) {
            throw new UsageException("--user: no tool that is offered takes a user's ID");
        }
        IdFormat format = settings.layout().idFormat();
        if (user.isPresent() && !format.matches(user.get())) {
            throw new UsageException("--user must be " + format.rule());
        }
    }
}
