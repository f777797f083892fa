package dev.userservice.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.app.CommandLine.Command;
import dev.userservice.app.CommandLine.Option;
import dev.userservice.app.CommandLine.UsageException;
import dev.userservice.audit.AuditLog.EndReason;
import dev.userservice.call.Proxies;
import dev.userservice.check.AuditCheck;
import dev.userservice.check.CheckReport;
import dev.userservice.check.SelfCheck;
import dev.userservice.demo.DemoApi;
import dev.userservice.mcp.StdioServer;
import dev.userservice.model.IdFormat;
import dev.userservice.settings.Settings;
import dev.userservice.settings.SettingsException;
import dev.userservice.tools.Catalogue;
import dev.userservice.tools.Tool;
import dev.userservice.tools.Trial;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of the program: does what the command line asks for and returns the status to end with. */
public final class Program {

    private static final Logger LOG = LoggerFactory.getLogger(Program.class);

    private static final String ON_A_TERMINAL = """
      user-service %s serves MCP here: it waits for JSON-RPC messages on standard input, one a line.
      It is meant to be started by an MCP client. To register it with Claude Code:
        claude mcp add --transport stdio user-service -- java -jar /path/to/user-service.jar
      """;
    private static final String DEMO_NOTICE =
            "--demo: the built-in sample API answers; INTERNAL_API_* settings are ignored and all data is made up.";

    /** Time for answers to be written whose lines came before the end; they need it only where nobody reads. */
    private static final Duration WRITE_GRACE = Duration.ofMillis(100);

    private static final byte[] OUT_OF_MEMORY =
            "user-service: out of memory; allow more with -Xmx\n".getBytes(StandardCharsets.US_ASCII);

    private final Host host;
    private final PrintStream out;
    private final String version;

    public Program(Host host) {
        this.host = host;
        this.out = new PrintStream(host.out(), true, StandardCharsets.UTF_8);
        // from the JAR's manifest; classes in a folder have none
        this.version = Optional.ofNullable(Program.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    /** Does what the arguments ask for, to its end. */
    public ExitCode run(String... arguments) {
        try {
            return run(CommandLine.parse(arguments));
        } catch (UsageException e) {
            host.err().println("user-service: " + e.getMessage());
            host.err().print(CommandLine.USAGE);
            return ExitCode.WRONG_USAGE;
        } catch (SettingsException e) {
            e.problems().forEach(host.err()::println);
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
            case HELP -> print(CommandLine.USAGE);
            case VERSION -> print("user-service " + version + "\n");
            case VERIFY_AUDIT -> verifyAudit(line);
            case CHECK -> check(line);
            case SERVE, CALL -> start(line);
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

    private ExitCode check(CommandLine line) throws UsageException {
        SelfCheck check = new SelfCheck(new CheckReport(out, line.has(Option.JSON)));
        try {
            Optional<Path> envFile = line.file(Option.ENV_FILE, host.places());
            Host named = host.with(envFile);
            Settings settings = Settings.read(named.environment(), envFile, named.places(), version);
            requireUsable(line.value(Option.USER), settings);
            settings.warnings().forEach(host.err()::println);
            check.settingsRead(settings);
            try (Service service = open(line, settings, named)) {
                Proxies proxies = new Proxies(named.environment(), named.properties());
                String client = "user-service-check/" + version;
                boolean passed = check.run(
                        settings, proxies, service.budget(), service.tools(), client, line.value(Option.USER));
                return passed ? ExitCode.DONE : ExitCode.FAILED;
            }
        } catch (SettingsException e) {
            check.refused(e.problems());
            return ExitCode.WRONG_SETTINGS;
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

    private ExitCode start(CommandLine line) throws UsageException, SettingsException, IOException {
        Optional<Path> envFile = line.file(Option.ENV_FILE, host.places());
        Host named = host.with(envFile);
        if (!line.has(Option.DEMO)) {
            return start(line, named, Settings.read(named.environment(), envFile, named.places(), version));
        }
        try (DemoApi api = DemoApi.start()) {
            Map<String, String> environment = Settings.forDemo(named.environment(), api.url(), api.token());
            Settings settings = Settings.read(environment, envFile, named.places(), version);
            host.err().println(DEMO_NOTICE);
            return start(line, named, settings);
        }
    }

    private ExitCode start(CommandLine line, Host named, Settings settings) throws UsageException, SettingsException {
        settings.warnings().forEach(host.err()::println);
        return line.command() == Command.CALL ? call(line, named, settings) : serve(line, named, settings);
    }

    private ExitCode call(CommandLine line, Host named, Settings settings) throws UsageException, SettingsException {
        ObjectNode params = ToolRunner.params(line.words());
        if (!settings.tools().contains(line.words().get(0))) {
            throw CommandLine.unknown("tool", line.words().get(0));
        }
        try (Service service = open(line, settings, named)) {
            return ToolRunner.run(service.tools(), params, "user-service-call/" + version, out, host.err());
        }
    }

    private Service open(CommandLine line, Settings settings, Host named) throws SettingsException {
        Service service = service(line, settings, named);
        onSignal(() -> service.end(EndReason.SIGNAL));
        return service;
    }

    /** What leaves of made-up people takes nothing from the budget for real ones. */
    private Service service(CommandLine line, Settings settings, Host named) throws SettingsException {
        Optional<Path> countBeside = settings.auditFile().filter(file -> !line.has(Option.DEMO));
        return Wiring.service(settings, named, version, countBeside);
    }

    private ExitCode serve(CommandLine line, Host named, Settings settings) throws SettingsException {
        Service service = service(line, settings, named);
        StdioServer server = new StdioServer(
                service.card(), service.tools(), service.redactor(), service.timer(), service.api()::prepare);
        onSignal(() -> end(server, service, server.stop()));
        onError(server::fail);
        if (host.terminal()) {
            host.err().print(ON_A_TERMINAL.formatted(version));
        }
        return end(server, service, server.serve(host.in(), host.out()));
    }

    /** Ends a service that has served; on the main thread or the signal's, whichever comes first. */
    private static ExitCode end(StdioServer server, Service service, Optional<EndReason> reason) {
        if (reason.isEmpty()) {
            service.tools().close(Duration.ZERO);
            return ExitCode.FAILED; // without a last audit line: no reason it could give would be true
        }
        service.end(reason.get()).ifPresent(LOG::info);
        server.close(WRITE_GRACE);
        return ExitCode.DONE;
    }

    /**
     * Runs {@code action} when a thread dies; out of memory, ends the JVM at once, since nothing else is sure to run.
     */
    private void onError(Runnable action) {
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> {
            if (error instanceof VirtualMachineError) {
                halt();
            }
            LOG.error("the server ends: {} in thread {}", error.getClass().getSimpleName(), thread.getName());
            action.run();
        });
    }

    /** Allocates nothing: there may be nothing left to allocate. */
    private void halt() {
        try {
            host.rawErr().write(OUT_OF_MEMORY);
        } catch (IOException e) {
            // nobody reads it
        } finally {
            Runtime.getRuntime().halt(ExitCode.FAILED.status());
        }
    }

    /** Runs {@code action} at a signal that ends the process, and also when the process ends by itself. */
    private static void onSignal(Runnable action) {
        Runnable ending = () -> {
            action.run();
            Diagnostics.flush();
        };
        Runtime.getRuntime().addShutdownHook(new Thread(ending, "signal"));
    }
}
