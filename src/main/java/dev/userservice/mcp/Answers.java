package dev.userservice.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.mcp.Ledger.Entry;
import dev.userservice.model.Redactor;
import io.modelcontextprotocol.spec.McpServerTransport;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way out: every message is rendered and redacted here, counted, and handed to the transport one at a time;
 * every accepted request is answered at most once. What cannot be rendered becomes an internal error. Thread-safe.
 *
 * @param onFailure runs when the transport takes no more messages, or reads no more
 */
record Answers(McpServerTransport transport, Ledger ledger, Redactor redactor, Runnable onFailure) {

    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

    /** Answers a request; nothing where it is answered or dropped already. */
    void result(Entry request, Supplier<ObjectNode> result) {
        answer(request, "result", result);
    }

    /** Answers a request by an error; nothing where it is answered or dropped already. */
    void error(Entry request, ObjectNode error) {
        answer(request, "error", () -> error);
    }

    void error(Entry request, ProtocolError error) {
        error(request, error.error());
    }

    /** Sends an error about a line that is no accepted request. */
    void error(Optional<String> id, ProtocolError error) {
        sendUnasked(Outbound.answer(id, "error", error.error(), redactor));
    }

    void notification(String method, ObjectNode params) {
        sendUnasked(Outbound.notification(method, params, redactor));
    }

    private void answer(Entry request, String kind, Supplier<ObjectNode> content) {
        if (ledger.isOpen(request)) {
            Outbound message = rendered(Optional.of(request.id()), kind, content);
            send(message, () -> ledger.answer(request, message.bytes()));
        }
    }

    private Outbound rendered(Optional<String> id, String kind, Supplier<ObjectNode> content) {
        try {
            return Outbound.answer(id, kind, content.get(), redactor);
        } catch (RuntimeException | StackOverflowError e) {
            LOG.error("an answer could not be rendered ({})", e.getClass().getSimpleName());
            return Outbound.answer(id, "error", ProtocolError.INTERNAL_ERROR.error(), redactor);
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
