package dev.userservice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.audit.AuditChain;
import dev.userservice.audit.AuditLog;
import dev.userservice.call.SecretSource;
import dev.userservice.call.TokenSource;
import dev.userservice.call.UserApi;
import dev.userservice.limit.DisclosureBudget;
import dev.userservice.limit.RateLimiter;
import dev.userservice.model.Call;
import dev.userservice.model.Json;
import dev.userservice.model.Outcome;
import dev.userservice.model.Redactor;
import dev.userservice.sanitize.TextCleaner;
import dev.userservice.tools.ApiLayout;
import dev.userservice.tools.CallRequest;
import dev.userservice.tools.CallRequest.Admission;
import dev.userservice.tools.Catalogue;
import dev.userservice.tools.Stages;
import dev.userservice.tools.UserTools;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import okhttp3.mockwebserver.MockWebServer;

/**
 * All tools on a server on loopback, where time passes and audit lines are written only when a test says so. From idle,
 * one call is admitted at once, and a further one every second.
 */
public final class ManualTools implements AutoCloseable {

    public static final String GET_USER = "{\"name\":\"get_user\",\"arguments\":{\"user_id\":\"123\"}}";

    /** User records that may leave in 24 hours. */
    public static final int PER_DAY = 3;

    private static final long PATIENCE_SECONDS = 20;

    private final UserApiFactory loopback = new UserApiFactory();
    private final MockWebServer server = new MockWebServer();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Runnable> unrecorded = new LinkedBlockingQueue<>();
    private final RateLimiter limiter = new RateLimiter(60, 1, loopback.time());
    private final DisclosureBudget budget =
            DisclosureBudget.inMemory(PER_DAY, loopback.time().clock());
    private final AuditLog audit;
    private final UserApi api;
    private final UserTools tools;
    private volatile Executor counter = Runnable::run;
    private volatile AuditLog.Sink before = line -> true;

    public ManualTools() throws IOException {
        this(redactor -> SecretSource.fixed(UserApiFactory.TOKEN, redactor::know));
    }

    public ManualTools(Function<Redactor, TokenSource> tokens) throws IOException {
        server.start(InetAddress.getLoopbackAddress(), 0);
        audit = new AuditLog(
                this::write,
                AuditChain.plain(),
                redactor(),
                time().clock(),
                new AuditLog.Identity("1.0.0", 4711, "svc-users", "ada", Optional.empty()));
        URI base = URI.create("http://127.0.0.1:" + server.getPort());
        api = loopback.open(UserApiFactory.settings(base), tokens.apply(redactor()), UserApiFactory.SHORTEST);
        Stages stages = new Stages(
                limiter,
                budget,
                api,
                new TextCleaner(redactor()),
                audit,
                time(),
                task -> counter.execute(task),
                unrecorded::add);
        ApiLayout layout = Layouts.of("/departments/{department}/users", "/users", Layouts.WHOLE, Map.of());
        tools = new UserTools(
                Catalogue.of(layout, Catalogue.NAMES, List.of("id", "name"), List.of("sales")),
                stages,
                Duration.ofSeconds(20),
                time());
    }

    public UserTools tools() {
        return tools;
    }

    public MockWebServer server() {
        return server;
    }

    public ManualTime time() {
        return loopback.time();
    }

    public Redactor redactor() {
        return loopback.redactor();
    }

    public RateLimiter limiter() {
        return limiter;
    }

    public DisclosureBudget budget() {
        return budget;
    }

    /** Has the budget asked on another executor than the caller's own thread. */
    public void countOn(Executor executor) {
        counter = executor;
    }

    public AuditLog audit() {
        return audit;
    }

    public UserApi api() {
        return api;
    }

    /** Does something with each line before it is written; what it throws keeps the line from being written. */
    public void beforeWriting(AuditLog.Sink action) {
        before = action;
    }

    private boolean write(byte[] line) throws IOException {
        before.write(line);
        return lines.add(new String(line, StandardCharsets.UTF_8));
    }

    public Call accept(String params, Admission admission) throws IOException {
        return tools.accept(
                new CallRequest((ObjectNode) Json.parse(params).orElseThrow(), Optional.empty(), admission));
    }

    /** Accepts a call and waits until its request has reached the server. */
    public Call acceptAndSend() throws Exception {
        Call call = accept(GET_USER, Admission.ADMITTED);
        if (server.takeRequest(PATIENCE_SECONDS, TimeUnit.SECONDS) == null) {
            throw new AssertionError("no request came");
        }
        return call;
    }

    /** Waits until a call is to be recorded; its line is written when what is returned is run. */
    public Runnable awaitRecording() throws InterruptedException {
        return Optional.ofNullable(unrecorded.poll(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .orElseThrow(() -> new AssertionError("no call is to be recorded"));
    }

    /** Returns how many calls are to be recorded. */
    public int unrecorded() {
        return unrecorded.size();
    }

    /** Returns a member of each line as text; empty where a line has none of this name. */
    public List<String> recorded(String member) throws IOException {
        List<String> values = new ArrayList<>();
        for (String line : lines) {
            JsonNode value = Json.parse(line).orElseThrow().path(member);
            values.add(value.isContainerNode() ? Json.text(value) : value.asText());
        }
        return values;
    }

    /** Returns a success's content, or a failure's code and text; fails where the outcome is not known yet. */
    public static String ended(Call call) {
        Outcome outcome = call.outcome().getNow(null);
        if (outcome == null) {
            throw new AssertionError("the call goes on");
        }
        return outcome.fold(
                        success -> Json.text(success.content()),
                        failure -> failure.code().label() + ": " + failure.text())
                .replace(call.id(), "<id>");
    }

    /** Returns once {@code thread} waits with a time limit: it has then done whatever comes before. */
    public static void awaitWaiting(Thread thread) {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            if (thread.getState() == Thread.State.TERMINATED || System.nanoTime() > giveUp) {
                throw new AssertionError("the thread does not wait, it is " + thread.getState());
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() throws IOException {
        server.shutdown();
        loopback.close();
    }
}
