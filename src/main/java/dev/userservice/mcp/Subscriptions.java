package dev.userservice.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.mcp.Ledger.Entry;
import dev.userservice.model.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The subscriptions of revision 2026-07-28: acknowledged, then silent, since nothing here ever changes, until they are
 * cancelled or completed. Guarded by the session's lock, so none can be opened once all have been completed.
 */
final class Subscriptions {

    private static final String ID = ModernEra.PREFIX + "subscriptionId";
    private static final int MAX_OPEN = 1_000;

    /** What a completion holds beside the id. */
    private static final long ANSWER_BYTES = 1_024;

    private final Answers answers;
    private final ServerCard card;
    private final Map<Entry, JsonNode> open = new LinkedHashMap<>();

    Subscriptions(Answers answers, ServerCard card) {
        this.answers = answers;
        this.card = card;
    }

    /** Opens one that agrees to no kind of notification, unless there are too many or their ids take up too much. */
    void listen(Entry entry, Inbound.Request request) {
        long bytes = ANSWER_BYTES + 4L * request.id().length(); // its id as it was parsed, and twice in its completion
        if (!request.params().path("notifications").isObject()
                || open.size() >= MAX_OPEN
                || !answers.ledger().reserve(entry, bytes)) {
            answers.error(entry, ProtocolError.INVALID_PARAMS);
            return;
        }
        JsonNode id = Json.parse(request.id()).orElseThrow();
        open.put(entry, id);
        answers.ledger().cancellable(entry, () -> {
            open.remove(entry);
            answers.ledger().drop(entry);
        });
        ObjectNode acknowledgment = Json.object();
        acknowledgment.putObject("_meta").set(ID, id);
        acknowledgment.putObject("notifications");
        answers.notification("notifications/subscriptions/acknowledged", acknowledgment);
    }

    /** Completes all of them, as the server does before it goes; done again, it finds them answered. */
    void complete() {
        open.forEach((entry, id) -> answers.result(entry, () -> {
            ObjectNode end = card.complete(Json.object());
            end.withObject("/_meta").set(ID, id);
            return end;
        }));
    }
}
