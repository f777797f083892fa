package dev.userservice.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Json;
import dev.userservice.tools.CallRequest;
import dev.userservice.model.Call;
import dev.userservice.tools.UserTools;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpServerSession;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * The SDK's session, guarded: holds the protocol's life cycle, gives every line the answer it deserves, and hands to
 * the
 * SDK only what it can be trusted with. It never waits for a call, so a {@code ping} is answered at once.
 */
final class GuardedSession extends McpServerSession {

  private static final Logger LOG = LoggerFactory.getLogger(GuardedSession.class);

  private final McpServerSession delegate;
  private final UserTools tools;
  private final Ledger ledger;
  private final Answers answers;
  private final ModernEra modern;
  private boolean initialized;
  private Optional<String> client = Optional.empty();
  private volatile boolean stopped;

  GuardedSession(
      McpServerSession delegate,
      GuardedTransport transport,
      UserTools tools,
      Ledger ledger,
      Answers answers,
      ModernEra modern) {
    super(delegate.getId(), Duration.ZERO, transport, request -> Mono.empty(), Map.of(), Map.of());
    this.delegate = delegate;
    this.tools = tools;
    this.ledger = ledger;
    this.answers = answers;
    this.modern = modern;
  }

  /** Accepts nothing more, and ends what would never end by itself. */
  void stop() {
    stopped = true;
    modern.completeSubscriptions();
  }

  /** Deals with one line, on the reading thread; returns at once, so that the SDK's window never fills. */
  @Override
  public Mono<Void> handle(McpSchema.JSONRPCMessage message) {
    if (!stopped) {
      Messages.unwrap(message).ifPresent(this::handle);
    }
    return Mono.empty();
  }

  private void handle(Inbound inbound) {
    ledger.awaitRoom();
    if (inbound instanceof Inbound.Request request) {
      accept(request);
    } else if (inbound instanceof Inbound.Notification notification) {
      notice(notification);
    } else if (inbound instanceof Inbound.Invalid invalid) {
      answers.error(invalid.id(), invalid.error());
    }
  }

  private void accept(Inbound.Request request) {
    OptionalLong key = ledger.open(request.id());
    if (key.isEmpty()) {
      answers.error(Optional.of(request.id()), ProtocolError.INVALID_REQUEST);
      return;
    }
    try {
      dispatch(key.getAsLong(), request);
    } catch (Throwable t) {
      LOG.error("a request could not be handled ({})", t.getClass().getSimpleName());
      answers.error(key.getAsLong(), ProtocolError.INTERNAL_ERROR);
    }
  }

  private void dispatch(long key, Inbound.Request request) {
    boolean call = request.method().equals(McpSchema.METHOD_TOOLS_CALL);
    if (!request.wellFormed() && !(call && initialized)) { // a call is recorded, whatever its parameters
      answers.error(key, ProtocolError.INVALID_PARAMS);
    } else if (ModernEra.speaks(request)) {
      modern.handle(key, request);
    } else if (request.method().equals(McpSchema.METHOD_PING)) {
      answers.result(key, Json.object());
    } else if (request.method().equals(McpSchema.METHOD_INITIALIZE)) {
      initialize(key, request);
    } else if (!initialized) {
      if (call) {
        LOG.warn("a tools/call before initialize was not executed");
      }
      answers.error(key, ProtocolError.INVALID_REQUEST);
    } else if (call) {
      call(key, request);
    } else if (request.method().equals(McpSchema.METHOD_TOOLS_LIST)) {
      delegate(key, request);
    } else {
      answers.error(key, ProtocolError.METHOD_NOT_FOUND);
    }
  }

  private void initialize(long key, Inbound.Request request) {
    JsonNode clientInfo = request.params().path("clientInfo");
    if (initialized) {
      answers.error(key, ProtocolError.INVALID_REQUEST);
    } else if (!request.params().path("protocolVersion").isTextual()
        || !isObjectOrAbsent(clientInfo)
        || !isObjectOrAbsent(request.params().path("capabilities"))) {
      answers.error(key, ProtocolError.INVALID_PARAMS);
    } else {
      initialized = true;
      client = Client.name(clientInfo);
      delegate(key, request);
      // The SDK serves nothing before this; a client that forgets to say it is served all the same.
      delegate.handle(new McpSchema.JSONRPCNotification(McpSchema.METHOD_NOTIFICATION_INITIALIZED)).subscribe();
    }
  }

  private static boolean isObjectOrAbsent(JsonNode value) {
    return value.isMissingNode() || value.isObject();
  }

  private void call(long key, Inbound.Request request) {
    CallRequest toolCall = new CallRequest(request.params(), client);
    Call running = tools.accept(toolCall);
    ledger.cancellable(key, () -> tools.cancel(running));
    if (toolCall.name().flatMap(tools::find).isPresent() && (request.params().path("arguments").isMissingNode() || request.params().path("arguments").isNull() || request.params().path("arguments").isObject())) {
      delegate(key, request, Context.of(Call.class, running), () -> unanswered(key, running));
    } else {
      ObjectNode malformed = ProtocolError.INVALID_PARAMS.error();
      running.outcome().thenAccept(outcome -> answers.outcome(key, outcome, malformed, UnaryOperator.identity()));
    }
  }

  private void unanswered(long key, Call running) {
    if (running.isCancelled()) {
      ledger.drop(key);
    } else {
      answers.error(key, ProtocolError.INTERNAL_ERROR); // nothing, where it was answered
    }
  }

  private void delegate(long key, Inbound.Request request) {
    delegate(key, request, Context.empty(), () -> answers.error(key, ProtocolError.INTERNAL_ERROR));
  }

  /** Hands a request to the SDK under its key. */
  private void delegate(long key, Inbound.Request request, Context context, Runnable afterwards) {
    delegate
        .handle(new McpSchema.JSONRPCRequest(request.method(), key, needed(request.params())))
        .contextWrite(context)
        .doFinally(signal -> afterwards.run())
        .subscribe(done -> {}, trouble -> LOG.error("the SDK failed ({})", trouble.getClass().getSimpleName()));
  }

  /** What the SDK looks at; it keeps it until the answer, so no more is handed to it. */
  private static ObjectNode needed(ObjectNode params) {
    ObjectNode needed = Json.object();
    for (String member : List.of("name", "protocolVersion")) {
      if (params.has(member)) {
        needed.set(member, params.get(member));
      }
    }
    return needed;
  }

  private void notice(Inbound.Notification notification) {
    switch (notification.method()) {
      case "notifications/cancelled" -> Inbound.id(notification.params().path("requestId")).ifPresent(ledger::cancel);
      case McpSchema.METHOD_TOOLS_CALL -> LOG.warn("a tools/call without an id was not executed");
      default -> {} // unknown ones are ignored; the SDK would answer some of the known ones with requests of its own
    }
  }

  @Override
  public Mono<Void> closeGracefully() {
    return delegate.closeGracefully();
  }

  @Override
  public void close() {
    delegate.close();
  }
}
