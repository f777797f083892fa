package dev.userservice.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Json;
import dev.userservice.tools.UserTools;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransport;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * The conversation with one client: every line gets the answer it deserves, in the era of the protocol it is written
 * in. A call is started and not waited for, so a {@code ping} is answered at once.
 *
 * <p>Lines are dealt with on the reading thread, which alone waits for room; any thread may {@link #stop()} the
 * session. Both hold the session's lock, under which nothing blocks, so a line is either dealt with to its end before
 * the session stops, or not at all.
 */
final class Session extends McpServerSession {

    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    private final ServerCard card;
    private final Ledger ledger;
    private final Answers answers;
    private final Calls calls;
    private final Subscriptions subscriptions;
    private final Runnable onClose;
    private boolean initialized;
    private Optional<String> client = Optional.empty();
    private boolean stopped;

    /** @param onClose runs when the transport reads no more */
    Session(
            McpServerTransport transport,
            ServerCard card,
            UserTools tools,
            Ledger ledger,
            Answers answers,
            Runnable onClose) {
        super("stdio", Duration.ZERO, transport, request -> Mono.empty(), Map.of(), Map.of());
        this.card = card;
        this.ledger = ledger;
        this.answers = answers;
        this.calls = new Calls(tools, ledger, answers);
        this.subscriptions = new Subscriptions(ledger, answers, card);
        this.onClose = onClose;
    }

    /** Deals with one line, on the reading thread; nothing is left to do when it returns, so the SDK queues nothing. */
    @Override
    public Mono<Void> handle(McpSchema.JSONRPCMessage message) {
        ledger.awaitRoom();
        Messages.unwrap(message).ifPresent(this::handle);
        return Mono.empty();
    }

    /** Accepts nothing more, and completes what would never end by itself. */
    synchronized void stop() {
        stopped = true;
        subscriptions.complete();
    }

    @Override
    public void close() {
        super.close();
        onClose.run();
    }

    private synchronized void handle(Inbound inbound) {
        if (stopped) {
            return;
        }
        if (inbound instanceof Inbound.Request request) {
            accept(request);
        } else if (inbound instanceof Inbound.Notification notification) {
            notice(notification);
        } else if (inbound instanceof Inbound.Invalid invalid) {
            answers.error(invalid.id(), invalid.error());
        }
    }

    private void accept(Inbound.Request request) {
        OptionalLong key = ledger.open(request.id(), request.weight());
        if (key.isEmpty()) {
            if (request.isCall()) {
                LOG.warn("a tools/call under an id still in flight was not executed");
            }
            answers.error(Optional.of(request.id()), ProtocolError.INVALID_REQUEST);
            return;
        }
        try {
            dispatch(key.getAsLong(), request);
        } catch (RuntimeException | StackOverflowError e) {
            LOG.error("a request could not be handled ({})", e.getClass().getSimpleName());
            answers.error(key.getAsLong(), ProtocolError.INTERNAL_ERROR);
        }
    }

    private void dispatch(long key, Inbound.Request request) {
        boolean isModern = ModernEra.speaks(request);
        boolean early = !initialized && !isModern;
        if (early && request.isCall()) {
            LOG.warn("a tools/call before initialize was not executed");
        }
        if (!request.wellFormed()
                && (early || !request.isCall())) { // any other call is recorded, whatever its parameters
            answers.error(key, ProtocolError.INVALID_PARAMS);
        } else if (isModern) {
            answerModern(key, request);
        } else if (request.method().equals(McpSchema.METHOD_PING)) {
            answers.result(key, Json::object);
        } else if (request.method().equals(McpSchema.METHOD_INITIALIZE)) {
            initialize(key, request.params());
        } else if (early) {
            answers.error(key, ProtocolError.INVALID_REQUEST);
        } else {
            answerInitialized(key, request);
        }
    }

    /** A client that forgets {@code notifications/initialized} is served all the same. */
    private void initialize(long key, ObjectNode params) {
        JsonNode clientInfo = params.path("clientInfo");
        JsonNode version = params.path("protocolVersion");
        if (initialized) {
            answers.error(key, ProtocolError.INVALID_REQUEST);
        } else if (!version.isTextual()
                || !isObjectOrAbsent(clientInfo)
                || !isObjectOrAbsent(params.path("capabilities"))) {
            answers.error(key, ProtocolError.INVALID_PARAMS);
        } else {
            initialized = true;
            client = Inbound.client(clientInfo);
            answers.result(key, () -> card.initialize(version.textValue()));
        }
    }

    private static boolean isObjectOrAbsent(JsonNode value) {
        return value.isMissingNode() || value.isObject();
    }

    private void answerInitialized(long key, Inbound.Request request) {
        switch (request.method()) {
            case McpSchema.METHOD_TOOLS_CALL ->
                calls.start(key, request, client, Optional.empty(), UnaryOperator.identity());
            case McpSchema.METHOD_TOOLS_LIST -> list(key, request, UnaryOperator.identity());
            default -> answers.error(key, ProtocolError.METHOD_NOT_FOUND);
        }
    }

    /** Each request of this era says by itself what it needs; a call leaves its audit line even where it is refused. */
    private void answerModern(long key, Inbound.Request request) {
        Optional<ObjectNode> refusal = ModernEra.refusal(request.meta());
        if (request.isCall()) {
            calls.start(key, request, ModernEra.client(request.meta()), refusal, card::complete);
        } else if (refusal.isPresent()) {
            answers.error(key, refusal.get());
        } else {
            switch (request.method()) {
                case ModernEra.DISCOVER -> answers.result(key, card::discovery);
                case McpSchema.METHOD_TOOLS_LIST -> list(key, request, card::cacheable);
                case ModernEra.LISTEN -> subscriptions.listen(key, request);
                default -> answers.error(key, ProtocolError.METHOD_NOT_FOUND);
            }
        }
    }

    /** The list is one page, so no cursor was ever given out; null is none, as it is no argument of a call. */
    private void list(long key, Inbound.Request request, UnaryOperator<ObjectNode> finish) {
        if (request.params().hasNonNull("cursor")) {
            answers.error(key, ProtocolError.INVALID_PARAMS);
        } else {
            answers.result(key, () -> finish.apply(card.toolList()));
        }
    }

    private void notice(Inbound.Notification notification) {
        switch (notification.method()) {
            case "notifications/cancelled" ->
                Inbound.id(notification.params().path("requestId")).ifPresent(ledger::cancel);
            case McpSchema.METHOD_TOOLS_CALL -> LOG.warn("a tools/call without an id was not executed");
            default -> {} // nothing else that a client may tell changes anything here
        }
    }
}
