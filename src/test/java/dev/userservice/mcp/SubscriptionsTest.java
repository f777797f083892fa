package dev.userservice.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A subscription is silent from its acknowledgment to its end. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SubscriptionsTest {

    private static final String KEY = "\"io.modelcontextprotocol/";
    private static final String META =
            "\"_meta\":{" + KEY + "protocolVersion\":\"2026-07-28\"," + KEY + "clientCapabilities\":{}}";

    private final Edge edge = new Edge();

    @AfterEach
    void close() {
        edge.close();
    }

    @Test
    void isAcknowledgedWithoutAnyKindOfNotification() {
        assertEquals(List.of(acknowledgment("\"a\"")), listen("\"a\""));
        assertEquals(List.of(acknowledgment("7")), listen("7"));
    }

    @Test
    void isCompletedWhenTheSessionStops() {
        listen("\"a\"");
        listen("7");
        edge.session().stop();
        assertEquals(List.of(completion("\"a\""), completion("7")), edge.wire().sent());
        edge.session().stop();
        assertEquals(List.of(), edge.wire().sent());
        edge.ledger().awaitQuiet();
    }

    @Test
    void isDroppedWhenItIsCancelled() {
        listen("\"a\"");
        listen("\"b\"");
        assertEquals(List.of(), edge.says(Edge.cancellation("\"a\"")));
        edge.session().stop();
        assertEquals(List.of(completion("\"b\"")), edge.wire().sent());
    }

    @Test
    void isNotOpenedOnceTheSessionHasStopped() {
        edge.session().stop();
        assertEquals(List.of(), listen("\"a\""));
        edge.ledger().awaitQuiet();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"notifications\":null,", "\"notifications\":[],"})
    void namesKindsOfNotifications(String notifications) {
        assertEquals(
                List.of(Edge.error("1", -32602, "Invalid params")),
                edge.says(Edge.request("1", "subscriptions/listen", "{" + notifications + META + "}")));
        edge.session().stop();
        assertEquals(List.of(), edge.wire().sent());
    }

    @Test
    void isOneOfAThousandAtMost() {
        for (int i = 1; i <= 1_000; i++) {
            assertEquals(List.of(acknowledgment(Integer.toString(i))), listen(Integer.toString(i)));
        }
        assertEquals(List.of(Edge.error("1001", -32602, "Invalid params")), listen("1001"));
        edge.says(Edge.cancellation("1"));
        assertEquals(List.of(acknowledgment("1002")), listen("1002"));
    }

    @Test
    void leavesRoomForAnswersHoweverLongItsIdIs() {
        String id = "x".repeat(1_000_000);
        int open = 0;
        while (listen("\"" + open + id + "\"").get(0).contains("acknowledged")) {
            open++;
        }
        assertTrue(open > 5 && open < 12, "open: " + open);
        assertEquals(List.of(Edge.pong("1")), edge.says(Edge.ping("1")));
        edge.session().stop();
        assertEquals(
                open,
                edge.wire().sent().stream()
                        .filter(line -> line.contains("\"resultType\":\"complete\""))
                        .count());
        edge.ledger().awaitQuiet();
    }

    private List<String> listen(String id) {
        return edge.says(Edge.request(
                id, "subscriptions/listen", "{\"notifications\":{\"toolsListChanged\":true}," + META + "}"));
    }

    private static String acknowledgment(String id) {
        return "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/subscriptions/acknowledged\",\"params\":{\"_meta\":{"
                + KEY + "subscriptionId\":" + id + "},\"notifications\":{}}}";
    }

    private static String completion(String id) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":{\"resultType\":\"complete\",\"_meta\":{" + KEY
                + "serverInfo\":{\"name\":\"s\",\"title\":\"S\",\"version\":\"1\"}," + KEY + "subscriptionId\":" + id
                + "}}}";
    }
}
