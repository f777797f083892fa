package dev.userservice.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import dev.userservice.Layouts;
import dev.userservice.ManualTime;
import dev.userservice.UserApiFactory;
import dev.userservice.audit.AuditChain;
import dev.userservice.audit.AuditLog;
import dev.userservice.call.UserApi;
import dev.userservice.limit.DisclosureBudget;
import dev.userservice.limit.RateLimiter;
import dev.userservice.model.Json;
import dev.userservice.model.Redactor;
import dev.userservice.sanitize.TextCleaner;
import dev.userservice.tools.ApiLayout;
import dev.userservice.tools.Catalogue;
import dev.userservice.tools.Stages;
import dev.userservice.tools.Tool;
import dev.userservice.tools.UserTools;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A session over a {@link Wire}, with real tools behind it, whose time passes and whose audit lines are written when a
 * test says so. A call that may go on waits a second for its turn first, so it is under way for as long as a test
 * wants.
 */
final class Edge implements AutoCloseable {

    static final String INITIALIZE = request(
            "\"init\"",
            "initialize",
            "{\"protocolVersion\":\"2025-11-25\",\"clientInfo\":{\"name\":\"old\",\"version\":\"1\"}}");
    static final String INITIALIZED =
            "{\"jsonrpc\":\"2.0\",\"id\":\"init\",\"result\":{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{\"tools\":{}},"
                    + "\"serverInfo\":{\"name\":\"s\",\"title\":\"S\",\"version\":\"1\"},\"instructions\":\"Read.\"}}";
    static final String GET_USER = "{\"name\":\"get_user\",\"arguments\":{\"user_id\":\"7\"}}";
    static final String LIST_USERS =
            "{\"name\":\"list_users_by_department\",\"arguments\":{\"department\":\"sales\",\"limit\":100}}";

    /** How long a call waits for its turn; the second call waits twice as long, a third is refused. */
    static final Duration TURN = Duration.ofSeconds(1);

    private final UserApiFactory loopback = new UserApiFactory();
    private final ManualTime time = loopback.time();
    private final List<String> audit = new CopyOnWriteArrayList<>();
    private final Queue<Runnable> unrecorded = new ConcurrentLinkedQueue<>();
    private final AtomicInteger closings = new AtomicInteger();
    private final Messages mapper = new Messages();
    private final Ledger ledger = new Ledger();
    private final Wire wire = new Wire(ledger::written);
    private final UserTools tools;
    private final ServerCard card;
    private final Session session;
    private volatile boolean recording = true;

    /** An API that nobody serves. */
    Edge() {
        this("http://127.0.0.1:1");
    }

    Edge(String apiUrl) {
        tools = tools(apiUrl, time);
        card = new ServerCard("s", "S", "1", "Read.", tools.publish());
        session = session(tools);
    }

    UserTools tools(String apiUrl, ScheduledExecutorService timer) {
        RateLimiter limiter = new RateLimiter(60, 1, time);
        limiter.reserve(Duration.ZERO);
        AuditLog log = new AuditLog(
                line -> audit.add(new String(line, StandardCharsets.UTF_8)),
                AuditChain.plain(),
                loopback.redactor(),
                time.clock(),
                new AuditLog.Identity("1", 4711, "svc-users", "ada", Optional.empty()));
        UserApi api = loopback.open(UserApiFactory.settings(URI.create(apiUrl)));
        DisclosureBudget budget = DisclosureBudget.inMemory(100_000_000, time.clock());
        TextCleaner cleaner = new TextCleaner(loopback.redactor());
        Stages stages = new Stages(limiter, budget, api, cleaner, log, timer, Runnable::run, this::record);
        return new UserTools(catalogue(), stages, Duration.ofSeconds(20), time);
    }

    static List<Tool> catalogue() {
        ApiLayout layout = Layouts.of("/departments/{department}/users", "/users", Layouts.WHOLE, Map.of());
        return Catalogue.of(
                layout, Catalogue.NAMES, List.of("id", "name", "email", "status", "department"), List.of("sales"));
    }

    /** Returns another session on the same wire. */
    Session session(UserTools served) {
        return new Session(card, served, new Answers(wire, ledger, new Redactor(), closings::incrementAndGet));
    }

    private void record(Runnable line) {
        unrecorded.add(line);
        if (recording) {
            record();
        }
    }

    /** Writes the audit lines held back so far. */
    void record() {
        for (Runnable line = unrecorded.poll(); line != null; line = unrecorded.poll()) {
            line.run();
        }
    }

    /** Holds audit lines back from now on. */
    void holdRecords() {
        recording = false;
    }

    static String request(String id, String method, String params) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + params + "}";
    }

    static String ping(String id) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"ping\"}";
    }

    static String pong(String id) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":{}}";
    }

    static String cancellation(String id) {
        return "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":" + id + "}}";
    }

    static String error(String id, int code, String message) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"error\":{\"code\":" + code + ",\"message\":\"" + message
                + "\"}}";
    }

    /** Lets the session deal with a line, read as the SDK reads it, and returns all that was sent by then. */
    List<String> says(String line) {
        says(session, line);
        return wire.sent();
    }

    void says(Session to, String line) {
        try {
            to.handle(McpSchema.deserializeJsonRpcMessage(mapper, line)).block();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Initializes, as most tests begin. */
    Edge initialized() {
        says(INITIALIZE);
        return this;
    }

    /** Returns who called what, and with which result, as recorded. */
    List<String> recorded() {
        return audit.stream()
                .map(Edge::parsed)
                .map(line -> line.path("client").asText() + " "
                        + line.path("operation").asText() + " "
                        + line.path("result").asText())
                .toList();
    }

    static JsonNode parsed(String json) {
        return Json.parse(json).orElseThrow();
    }

    Session session() {
        return session;
    }

    UserTools tools() {
        return tools;
    }

    ServerCard card() {
        return card;
    }

    ManualTime time() {
        return time;
    }

    Ledger ledger() {
        return ledger;
    }

    Wire wire() {
        return wire;
    }

    int closings() {
        return closings.get();
    }

    @Override
    public void close() {
        loopback.close();
    }
}
