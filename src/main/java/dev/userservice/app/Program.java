package dev.userservice.app;

import dev.userservice.app.CommandLine.Option;
import dev.userservice.app.CommandLine.UsageException;
import dev.userservice.check.AuditCheck;
import dev.userservice.check.CheckReport;
import dev.userservice.check.SelfCheck;
import dev.userservice.demo.DemoApi;
import dev.userservice.model.IdFormat;
import dev.userservice.model.Printable;
import dev.userservice.register.Client;
import dev.userservice.register.Registration;
import dev.userservice.settings.Places;
import dev.userservice.settings.Settings;
import dev.userservice.settings.SettingsException;
import dev.userservice.tools.Trial;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** One run of the program: does what the command line asks for and returns the status to end with. */
public final class Program {

    private final Host host;
    private final PrintStream out;
    private final String version;

    /** A command that needs settings. */
    @FunctionalInterface
    private interface Action {
        ExitCode run(Launch launch) throws UsageException, SettingsException;
    }

    public Program(Host host) {
        this.host = host;
        this.out = new PrintStream(host.out(), true, StandardCharsets.UTF_8);
        // from the JAR's manifest; classes in a folder have none
        this.version = Optional.ofNullable(Program.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    /** Does what the arguments ask for, to its end; fails where what it prints does not arrive. */
    public ExitCode run(String... arguments) {
        ExitCode code = obey(arguments);
        if (!out.checkError()) {
            return code;
        }
        host.err().println("user-service: standard output cannot be written");
        return ExitCode.FAILED;
    }

    private ExitCode obey(String... arguments) {
        try {
            return run(CommandLine.parse(arguments));
        } catch (UsageException e) {
            host.err().println("user-service: " + e.getMessage());
            host.err().print(Usage.SYNOPSIS);
            return ExitCode.WRONG_USAGE;
        } catch (SettingsException e) {
            e.problems().stream().map(Printable::of).forEach(host.err()::println);
            return ExitCode.WRONG_SETTINGS;
        } catch (IOException e) {
            host.err().println("user-service: the sample API could not be started");
            return ExitCode.FAILED;
        } finally {
            Diagnostics.flush();
        }
    }

    private ExitCode run(CommandLine line) throws UsageException, SettingsException, IOException {
        return switch (line.command()) {
            case HELP -> print(Usage.HELP);
            case VERSION -> print("user-service " + version + "\n");
            case VERIFY_AUDIT -> verifyAudit(line);
            case CHECK -> check(line);
            case CALL -> launch(line, launch -> ToolRunner.run(launch, out));
            case SERVE -> launch(line, Serving::run);
            case REGISTER -> register(line);
        };
    }

    private ExitCode print(String text) {
        out.print(text);
        return ExitCode.DONE;
    }

    private ExitCode verifyAudit(CommandLine line) throws UsageException, SettingsException {
        PrintStream progress = host.terminal() ? host.err() : new PrintStream(OutputStream.nullOutputStream());
        Optional<Path> keyFile = line.file(Option.KEY_FILE, host.places());
        boolean intact = AuditCheck.run(line.files(host.places()), keyFile, host.places(), out, progress);
        return intact ? ExitCode.DONE : ExitCode.FAILED;
    }

    private ExitCode check(CommandLine line) throws UsageException, IOException {
        SelfCheck check = new SelfCheck(new CheckReport(out, line.has(Option.JSON)));
        try {
            return launch(line, launch -> check(launch, check));
        } catch (SettingsException e) {
            check.refused(e.problems());
            return ExitCode.WRONG_SETTINGS;
        }
    }

    private static ExitCode check(Launch launch, SelfCheck check) throws UsageException, SettingsException {
        Settings settings = launch.settings();
        Optional<String> user = launch.line().value(Option.USER);
        requireUsable(user, launch);
        check.settingsRead(settings);
        try (Service service = launch.open()) {
            String client = "user-service-check/" + launch.version();
            boolean passed = check.run(settings, service.budget(), service.tools(), client, user);
            return passed ? ExitCode.DONE : ExitCode.FAILED;
        }
    }

    /** Requires that a tool offered takes the ID of the user to check, and that it is one. */
    private static void requireUsable(Optional<String> user, Launch launch) throws UsageException {
        if (user.isPresent() && launch.catalogue().stream().noneMatch(tool -> tool.trial() instanceof Trial.Getter)) {
            throw new UsageException("--user: no tool that is offered takes a user's ID");
        }
        IdFormat format = launch.settings().layout().idFormat();
        if (user.isPresent() && !format.matches(user.get())) {
            throw new UsageException("--user must be " + format.rule());
        }
    }

    private ExitCode register(CommandLine line) throws UsageException, SettingsException {
        String word = line.value(Option.CLIENT).orElse("claude-code");
        Optional<Client> client = Client.of(word);
        if (client.isEmpty()) {
            throw CommandLine.unknown("client", word, Client.words());
        }
        String name = line.value(Option.NAME).orElse("user-service");
        if (!Registration.isName(name)) {
            throw new UsageException("--name must be 1 to 64 letters, digits, - and _, the first of them no dash");
        }
        Optional<Path> envFile = line.file(Option.ENV_FILE, host.places());
        boolean printed = new Registration(client.get(), name, line.has(Option.DEMO), envFile)
                .print(host.places(), version, out, host.err());
        return printed ? ExitCode.DONE : ExitCode.FAILED;
    }

    /** Reads the settings and does what needs them, in front of the sample API where that is asked for. */
    private ExitCode launch(CommandLine line, Action action) throws UsageException, SettingsException, IOException {
        Optional<Path> envFile = line.file(Option.ENV_FILE, host.places());
        Places places = host.places().with(envFile);
        if (!line.has(Option.DEMO)) {
            return action.run(new Launch(line, host, Settings.read(places, envFile, version), version));
        }
        try (DemoApi api = new DemoApi()) {
            Places demo = Settings.forDemo(places, api.url(), api.token());
            return action.run(new Launch(line, host, Settings.read(demo, envFile, version), version));
        }
    }
}
