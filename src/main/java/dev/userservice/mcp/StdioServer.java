package dev.userservice.mcp;

import dev.userservice.audit.AuditLog.EndReason;
import dev.userservice.model.Redactor;
import dev.userservice.model.Call;
import dev.userservice.tools.Tool;
import dev.userservice.tools.UserTools;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransport;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Mono;

/**
 * The MCP server on one pair of streams, from its first line to its last. At the end of input every accepted request is
 * still answered; at a signal those that take longer than 1.5 seconds are cancelled; when nobody reads, all are.
 */
public final class StdioServer {

  private static final int MAX_LINE_BYTES = 1024 * 1024;

  /** What a call may need beyond its deadline to be recorded and written. */
  private static final Duration SLACK = Duration.ofSeconds(5);

  private static final Duration SIGNAL_GRACE = Duration.ofMillis(1500);

  /** What those whose line came before the cancellation need to be written; longer if nobody reads. */
  private static final Duration WRITE_GRACE = Duration.ofMillis(100);

  private final ServerCard card;
  private final UserTools tools;
  private final Redactor redactor;
  private final Duration callTimeout;
  private final Runnable warmUp;
  private final AtomicBoolean warm = new AtomicBoolean();
  private final Ledger ledger = new Ledger();
  private final CompletableFuture<EndReason> ended = new CompletableFuture<>();
  private volatile Optional<LineInput> input = Optional.empty();
  private Optional<GuardedSession> session = Optional.empty();

  /**
   * @param callTimeout the longest a call may take
   * @param warmUp what the first call needs and the first answer does not; runs beside, once that answer is out
   */
  public StdioServer(ServerCard card, UserTools tools, Redactor redactor, Duration callTimeout, Runnable warmUp) {
    this.card = card;
    this.tools = tools;
    this.redactor = redactor;
    this.callTimeout = callTimeout;
    this.warmUp = warmUp;
  }

  /**
   * Makes the SDK's and Reactor's machinery ready, which takes 100 of the 400 ms to the first answer (Java 17) and
   * needs
   * none of the settings, so it can be done beside reading them.
   */
  public static void prepare() {
    StdioServerTransportProvider unconnected =
        new StdioServerTransportProvider(
            new Messages(), InputStream.nullInputStream(), OutputStream.nullOutputStream());
    start(unconnected, "unconnected", "0", List.of());
  }

  /** Serves until the input ends, nobody reads the output, or {@link #stop()}; returns which, everything answered. */
  public EndReason serve(InputStream in, OutputStream out) {
    LineInput lines = new LineInput(in, MAX_LINE_BYTES, this::inputEnded);
    input = Optional.of(lines);
    LineOutput messages = new LineOutput(out, this::written, this::outputClosed);
    StdioServerTransportProvider provider =
        new StdioServerTransportProvider(new Messages(), lines, messages) {
          @Override
          public void setSessionFactory(McpServerSession.Factory factory) {
            super.setSessionFactory(transport -> guard(factory, transport));
          }
        };
    start(provider, card.name(), card.version(), tools.tools().stream().map(Tool::name).toList());
    EndReason reason = ended.join();
    if (reason == EndReason.STDOUT_CLOSED) {
      ledger.cancelAll();
      ledger.awaitClosed(SLACK); // all are recorded then
    }
    return reason;
  }

  /**
   * Accepts nothing more, gives the calls under way 1.5 seconds and cancels the rest; returns when they are recorded,
   * which takes half a second for a thousand.
   */
  public void stop() {
    if (ended.isDone()) {
      return;
    }
    session().ifPresent(GuardedSession::stop);
    if (!ledger.awaitQuiet(SIGNAL_GRACE)) {
      ledger.cancelAll();
      ledger.awaitClosed(SLACK); // all are recorded then
      ledger.awaitQuiet(WRITE_GRACE);
    }
    ended.complete(EndReason.SIGNAL);
    input.ifPresent(LineInput::interrupt);
  }

  private static void start(
      StdioServerTransportProvider provider, String name, String version, List<String> tools) {
    McpServer.async(provider)
        .serverInfo(name, version)
        .capabilities(McpSchema.ServerCapabilities.builder().tools(false).build())
        .jsonMapper(new Messages())
        .jsonSchemaValidator((schema, content) -> JsonSchemaValidator.ValidationResponse.asValid(null))
        .validateToolInputs(false) // the pipeline validates, so that a refused call is recorded
        .tools(tools.stream().map(StdioServer::specification).toList())
        .build();
  }

  /** The SDK knows a tool by its name; the schemas are published by {@link ServerCard} and checked by the pipeline. */
  private static McpServerFeatures.AsyncToolSpecification specification(String name) {
    return McpServerFeatures.AsyncToolSpecification.builder()
        .tool(McpSchema.Tool.builder(name, Map.of("type", "object")).build())
        .callHandler((exchange, request) -> Mono.deferContextual(context -> result(context.get(Call.class))))
        .build();
  }

  private static Mono<McpSchema.CallToolResult> result(Call running) {
    return Mono.fromFuture(running.outcome(), true)
        .filter(outcome -> !running.isCancelled())
        .map(Results::toolResult)
        .map(Results::wrapped);
  }

  private synchronized GuardedSession guard(McpServerSession.Factory factory, McpServerTransport transport) {
    Answers answers = new Answers(transport, ledger, redactor);
    GuardedTransport guarded = new GuardedTransport(transport, answers, new Results(card));
    ModernEra modern = new ModernEra(card, tools, ledger, answers);
    GuardedSession guardedSession =
        new GuardedSession(factory.create(guarded), guarded, tools, ledger, answers, modern);
    session = Optional.of(guardedSession);
    return guardedSession;
  }

  private synchronized Optional<GuardedSession> session() {
    return session;
  }

  /** Holds the end of input back until all that was accepted is answered: the SDK would drop it. */
  private void inputEnded() {
    session().ifPresent(GuardedSession::stop);
    ledger.awaitQuiet(callTimeout.plus(SLACK));
    ended.complete(EndReason.END_OF_INPUT);
  }

  private void written() {
    ledger.written();
    if (warm.compareAndSet(false, true)) {
      Thread thread = new Thread(warmUp, "warm-up");
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** A thread of the edge died of something nobody could foresee, memory for one: nothing can be promised any more. */
  public void fail() {
    ended.complete(EndReason.STDOUT_CLOSED);
  }

  private void outputClosed() {
    ended.complete(EndReason.STDOUT_CLOSED);
  }
}
