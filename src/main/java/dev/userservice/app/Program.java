package dev.userservice.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.audit.AuditLog.EndReason;
import dev.userservice.call.Proxies;
import dev.userservice.check.AuditCheck;
import dev.userservice.check.CheckReport;
import dev.userservice.check.SelfCheck;
import dev.userservice.demo.DemoApi;
import dev.userservice.mcp.StdioServer;
import dev.userservice.settings.Settings;
import dev.userservice.settings.SettingsException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of the program: reads what it is asked to do, does it, and says with which status to end. */
public final class Program {

  private static final Logger LOG = LoggerFactory.getLogger(Program.class);

  private static final String ON_A_TERMINAL =
      """
      user-service %s serves MCP here: it waits for JSON-RPC messages on standard input, one a line.
      It is meant to be started by an MCP client. To register it with Claude Code:
        claude mcp add --transport stdio user-service -- java -jar /path/to/user-service.jar
      """;
  private static final String DEMO_NOTICE =
      "--demo: the built-in sample API answers; INTERNAL_API_* settings are ignored and all data is made up.";
  private static final byte[] OUT_OF_MEMORY =
      "user-service: out of memory; allow more with -Xmx\n".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] NOTHING = {};

  private final Host host;
  private final PrintStream out;

  /** Let go of where memory has run out, so that there is enough to end. */
  private volatile byte[] reserve = new byte[512 * 1024];

  private final String version = version();

  public Program(Host host) {
    this.host = host;
    this.out = new PrintStream(host.out(), true, StandardCharsets.UTF_8);
  }

  /** The JAR's manifest says it; classes that run from a folder have none. */
  private static String version() {
    return Optional.ofNullable(Program.class.getPackage().getImplementationVersion()).orElse("development");
  }

  /** Runs to the end. */
  public ExitCode run(String... arguments) {
    try {
      CommandLine line = CommandLine.parse(arguments);
      if (line.command() == CommandLine.Command.SERVE) {
        Thread preparation = new Thread(StdioServer::prepare, "preparation");
        preparation.setDaemon(true);
        preparation.start();
      }
      return run(line);
    } catch (CommandLine.UsageException e) {
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

  private ExitCode run(CommandLine line)
      throws CommandLine.UsageException, SettingsException, IOException {
    return switch (line.command()) {
      case HELP -> print(CommandLine.USAGE);
      case VERSION -> print("user-service " + version + "\n");
      case VERIFY_AUDIT -> verifyAudit(line);
      case CHECK -> check(line);
      case SERVE, CALL -> new Program(host.with(line.envFile())).start(line);
    };
  }

  private ExitCode verifyAudit(CommandLine line) throws SettingsException {
    PrintStream progress = host.terminal() ? host.err() : new PrintStream(OutputStream.nullOutputStream());
    List<Path> files = line.words().stream().map(Path::of).toList();
    boolean intact = AuditCheck.run(files, line.keyFile(), host.environment(), out, progress);
    return intact ? ExitCode.DONE : ExitCode.FAILED;
  }

  private ExitCode check(CommandLine line) {
    SelfCheck check = new SelfCheck(new CheckReport(out, line.json()));
    Host named;
    Service service;
    try {
      named = host.with(line.envFile());
      Settings settings = Settings.read(named.environment(), named.auditFile(), version);
      settings.warnings().forEach(host.err()::println);
      check.settingsRead(settings);
      service = Wiring.service(settings, named, version);
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

  private ExitCode start(CommandLine line) throws CommandLine.UsageException, SettingsException, IOException {
    return line.demo()
        ? runOnSamples(line)
        : run(line, Settings.read(host.environment(), host.auditFile(), version));
  }

  private ExitCode print(String text) {
    out.print(text);
    return ExitCode.DONE;
  }

  private ExitCode runOnSamples(CommandLine line)
      throws CommandLine.UsageException, SettingsException, IOException {
    try (DemoApi api = DemoApi.start()) {
      Settings settings =
          Settings.readForDemo(host.environment(), host.auditFile(), version, api.url(), api.token());
      host.err().println(DEMO_NOTICE);
      return run(line, settings);
    }
  }

  private ExitCode run(CommandLine line, Settings settings)
      throws CommandLine.UsageException, SettingsException {
    settings.warnings().forEach(host.err()::println);
    return line.command() == CommandLine.Command.CALL ? call(line, settings) : serve(settings);
  }

  private ExitCode call(CommandLine line, Settings settings)
      throws CommandLine.UsageException, SettingsException {
    ObjectNode params = ToolRunner.params(line.words());
    if (!settings.tools().contains(line.words().get(0))) {
      throw CommandLine.unknown("tool", line.words().get(0));
    }
    Service service = Wiring.service(settings, host, version);
    onSignal(() -> service.end(EndReason.SIGNAL));
    try {
      return ToolRunner.run(service.tools(), params, "user-service-call/" + version, out, host.err());
    } finally {
      service.end(EndReason.END_OF_INPUT);
    }
  }

  private ExitCode serve(Settings settings) throws SettingsException {
    Service service = Wiring.service(settings, host, version);
    StdioServer server =
        new StdioServer(
            service.card(), service.tools(), service.redactor(), settings.callTimeout(), service.api()::prepare);
    AtomicBoolean failed = new AtomicBoolean();
    onSignal(
        () -> {
          if (!failed.get()) {
            server.stop();
            service.end(EndReason.SIGNAL).ifPresent(LOG::info);
          }
        });
    onError(
        () -> {
          failed.set(true);
          server.fail();
        });
    if (host.terminal()) {
      host.err().print(ON_A_TERMINAL.formatted(version));
    }
    EndReason reason = server.serve(host.in(), host.out());
    if (failed.get()) {
      return ExitCode.FAILED; // no line for its end: the log has no reason that would be true, and says so by that
    }
    service.end(reason).ifPresent(LOG::info);
    return ExitCode.DONE;
  }

  /** Runs {@code action} when a thread dies; where that was for want of memory, ends at once: nothing else is sure. */
  private void onError(Runnable action) {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, error) -> {
          reserve = NOTHING;
          if (error instanceof VirtualMachineError) {
            halt();
          }
          LOG.error("the server ends: {} in thread {}", error.getClass().getSimpleName(), thread.getName());
          action.run();
        });
  }

  private void halt() {
    try {
      host.rawErr().write(OUT_OF_MEMORY);
    } catch (IOException e) {
      // nobody reads it
    } finally {
      Runtime.getRuntime().halt(ExitCode.FAILED.status());
    }
  }

  /** Runs {@code action} when the process is told to end, and also when it ends by itself. */
  private static void onSignal(Runnable action) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  action.run();
                  Diagnostics.flush();
                },
                "signal"));
  }
}
