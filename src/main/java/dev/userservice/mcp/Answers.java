package dev.userservice.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Redactor;
import io.modelcontextprotocol.spec.McpServerTransport;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way out: every message is rendered and redacted here, counted, and handed to the transport one at a time;
 * every accepted request is answered at most once. What cannot be rendered becomes an internal error. Thread-safe.
 *
 * @param onFailure runs when the transport takes no more messages
 */
record Answers(McpServerTransport transport, Ledger ledger, Redactor redactor, Runnable onFailure) {

    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

    /** Answers the request with this key; nothing where it is answered or dropped already. */
    void result(long key, Supplier<ObjectNode> result) {
        answer(key, id -> Outbound.result(id, result.get(), redactor));
    }

    /** Answers the request with this key by an error; nothing where it is answered or dropped already. */
    void error(long key, ObjectNode error) {
        answer(key, id -> Outbound.error(Optional.of(id), error, redactor));
    }

    void error(long key, ProtocolError error) {
        error(key, error.error());
    }

    /** Sends an error about a line that is no accepted request. */
    void error(Optional<String> id, ProtocolError error) {
        sendUnasked(Outbound.error(id, error.error(), redactor));
    }

    void notification(String method, ObjectNode params) {
        sendUnasked(Outbound.notification(method, params, redactor));
    }

    private void answer(long key, Function<String, Outbound> rendering) {
        Optional<Outbound> answer = ledger.id(key).map(id -> rendered(id, rendering));
        answer.ifPresent(message -> send(message, () -> ledger.answer(key, message.bytes())));
    }

    private Outbound rendered(String id, Function<String, Outbound> rendering) {
        try {
            return rendering.apply(id);
        } catch (RuntimeException | StackOverflowError e) {
            LOG.error("an answer could not be rendered ({})", e.getClass().getSimpleName());
            return Outbound.error(Optional.of(id), ProtocolError.INTERNAL_ERROR.error(), redactor);
        }
    }

    private void sendUnasked(Outbound message) {
        send(message, () -> {
            ledger.send(message.bytes());
            return true;
        });
    }

    /**
     * Counts a message and hands it over, one message at a time: the transport's queue loses what two threads offer at
     * once, and then all that follows.
     */
    private synchronized void send(Outbound message, BooleanSupplier counted) {
        if (counted.getAsBoolean()) {
            transport.sendMessage(message).subscribe(sent -> {}, this::refused);
        }
    }

    private void refused(Throwable trouble) {
        LOG.warn("a message could not be sent ({})", trouble.getClass().getSimpleName());
        onFailure.run();
    }
}
