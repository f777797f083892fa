package dev.userservice.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.mcp.Ledger.Entry;
import dev.userservice.model.Json;
import dev.userservice.tools.UserTools;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpServerSession;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
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
    private final Answers answers;
    private final Calls calls;
    private final Subscriptions subscriptions;
    private boolean initialized;
    private Optional<String> client = Optional.empty();
    private boolean stopped;

    Session(ServerCard card, UserTools tools, Answers answers) {
        super("stdio", Duration.ZERO, answers.transport(), request -> Mono.empty(), Map.of(), Map.of());
        this.card = card;
        this.answers = answers;
        this.calls = new Calls(tools, answers);
        this.subscriptions = new Subscriptions(answers, card);
    }

    /** Deals with one line, on the reading thread; nothing is left to do when it returns, so the SDK queues nothing. */
    @Override
    public Mono<Void> handle(McpSchema.JSONRPCMessage message) {
        answers.ledger().awaitRoom();
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
        answers.onFailure().run();
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
        Optional<Entry> entry = answers.ledger().open(request.id(), request.weight());
        if (entry.isEmpty()) {
            if (request.isCall()) {
                LOG.warn("a tools/call under an id still in flight was not executed");
            }
            answers.error(Optional.of(request.id()), ProtocolError.INVALID_REQUEST);
            return;
        }
        try {
            dispatch(entry.get(), request);
        } catch (RuntimeException | StackOverflowError e) {
            LOG.error("a request could not be handled ({})", e.getClass().getSimpleName());
            answers.error(entry.get(), ProtocolError.INTERNAL_ERROR);
        }
    }

    private void dispatch(Entry entry, Inbound.Request request) {
        boolean isModern = ModernEra.speaks(request);
        boolean early = !initialized && !isModern;
        if (early && request.isCall()) {
            LOG.warn("a tools/call before initialize was not executed");
        }
        if (!request.wellFormed()
                && (early || !request.isCall())) { // any other call is recorded, whatever its parameters
            answers.error(entry, ProtocolError.INVALID_PARAMS);
        } else if (!isModern && request.method().equals(McpSchema.METHOD_PING)) {
            answers.result(entry, Json::object);
        } else if (!isModern && request.method().equals(McpSchema.METHOD_INITIALIZE)) {
            initialize(entry, request.params());
        } else if (early) {
            answers.error(entry, ProtocolError.INVALID_REQUEST);
        } else {
            answer(entry, request, isModern);
        }
    }

    /** A client that forgets {@code notifications/initialized} is served all the same. */
    private void initialize(Entry entry, ObjectNode params) {
        JsonNode clientInfo = params.path("clientInfo");
        JsonNode version = params.path("protocolVersion");
        if (initialized) {
            answers.error(entry, ProtocolError.INVALID_REQUEST);
        } else if (!version.isTextual()
                || !isObjectOrAbsent(clientInfo)
                || !isObjectOrAbsent(params.path("capabilities"))) {
            answers.error(entry, ProtocolError.INVALID_PARAMS);
        } else {
            initialized = true;
            client = Inbound.client(clientInfo);
            answers.result(entry, () -> card.initialize(version.textValue()));
        }
    }

    private static boolean isObjectOrAbsent(JsonNode value) {
        return value.isMissingNode() || value.isObject();
    }

    /** Each modern request says by itself what it needs; a call leaves its audit line even where it is refused. */
    private void answer(Entry entry, Inbound.Request request, boolean isModern) {
        Optional<ObjectNode> refusal = isModern ? ModernEra.refusal(request.meta()) : Optional.empty();
        if (request.isCall()) {
            Optional<String> caller = isModern ? Inbound.client(request.meta().path(ModernEra.CLIENT_INFO)) : client;
            calls.start(entry, request, caller, refusal, isModern ? card::complete : UnaryOperator.identity());
        } else if (refusal.isPresent()) {
            answers.error(entry, refusal.get());
        } else {
            switch (request.method()) {
                case ModernEra.DISCOVER -> answers.result(entry, card::discovery);
                case McpSchema.METHOD_TOOLS_LIST ->
                    list(entry, request, isModern ? card::cacheable : UnaryOperator.identity());
                case ModernEra.LISTEN -> subscriptions.listen(entry, request);
                default -> answers.error(entry, ProtocolError.METHOD_NOT_FOUND);
            }
        }
    }

    /** The list is one page, so no cursor was ever given out; null is none, as it is no argument of a call. */
    private void list(Entry entry, Inbound.Request request, UnaryOperator<ObjectNode> finish) {
        if (request.params().hasNonNull("cursor")) {
            answers.error(entry, ProtocolError.INVALID_PARAMS);
        } else {
            answers.result(entry, () -> finish.apply(card.toolList()));
        }
    }

    private void notice(Inbound.Notification notification) {
        switch (notification.method()) {
            case "notifications/cancelled" ->
                Inbound.id(notification.params().path("requestId")).ifPresent(answers.ledger()::cancel);
            case McpSchema.METHOD_TOOLS_CALL -> LOG.warn("a tools/call without an id was not executed");
            default -> {} // nothing else that a client may tell changes anything here
        }
    }
}
