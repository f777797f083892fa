package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.Layouts;
import dev.userservice.UserApiFactory;
import dev.userservice.audit.AuditChain;
import dev.userservice.audit.AuditLog;
import dev.userservice.limit.DisclosureBudget;
import dev.userservice.limit.RateLimiter;
import dev.userservice.model.Call;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Json;
import dev.userservice.model.TraceContext;
import dev.userservice.sanitize.TextCleaner;
import dev.userservice.tools.ApiLayout;
import dev.userservice.tools.CallRequest;
import dev.userservice.tools.CallRequest.Admission;
import dev.userservice.tools.Catalogue;
import dev.userservice.tools.Stages;
import dev.userservice.tools.Tool;
import dev.userservice.tools.UserTools;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import okhttp3.mockwebserver.Dispatcher;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.RecordedRequest;
import org.junit.jupiter.api.Test;

/** Whatever a caller asks for, the API sees GET, at its own address, on one of the two paths, or nothing at all. */
final class OnlyTwoPathsFuzzTest {

    private static final int CASES = 40_000;
    private static final int CASES_OVER_THE_WIRE = 4_000;
    private static final Pattern TARGETS = Pattern.compile(
            "/v1/users/[0-9]{1,18}|/v1/list\\?department=(?:sales|r-d)&limit=(?:[1-9][0-9]?|100)&offset=[0-9]{1,7}");
    private static final Set<String> HEADERS =
            Set.of("Accept", "Authorization", "User-Agent", "X-Request-Id", "traceparent", "tracestate");
    private static final long PATIENCE_SECONDS = 20;
    private static final List<String> HOSTILE = List.of(
            "../1",
            "1/../2",
            "..%2f1",
            "1?x=1",
            "1#x",
            "1;x",
            "%31",
            "1\n2",
            "1\r\nX: y",
            "1 2",
            "//evil.example/1",
            "http://evil.example/1",
            "@evil.example",
            "1\u0000",
            "\u0661\u0662",
            "\uFF11",
            "1\u200B",
            "-1",
            "+1",
            "0x1",
            "1e2",
            "1.0",
            "",
            " 1",
            "1 ",
            "9".repeat(18),
            "9".repeat(19),
            "9".repeat(1000),
            "sales",
            "SALES",
            "sales ",
            "sales/../r-d",
            "r-d",
            "sales&limit=9",
            "sales\u0000",
            "null",
            "true",
            "{user_id}",
            "${jndi:ldap://x}");

    private final Random random = new Random(4711);

    @Test
    void makesNoOtherRequestOfAnyArguments() {
        int accepted = 0;
        ApiSettings settings = UserApiFactory.settings(URI.create("https://users.corp.example:8443/v1"));
        for (int i = 0; i < CASES; i++) {
            Tool tool = catalogue().get(i % 2);
            Call call = new Call("6f0c1d2e-1", trace(), Duration.ofSeconds(20), System::nanoTime);
            Optional<ApiRequest> request = request(tool, arguments(tool.name()));
            request.ifPresent(made -> walk(made, settings, call));
            accepted += request.isPresent() ? 1 : 0;
        }
        assertTrue(accepted > CASES / 100 && accepted < CASES / 2, accepted + " accepted");
    }

    @Test
    void theApiSeesNoOtherRequest() throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>();
        List<String> recorded = new CopyOnWriteArrayList<>();
        try (UserApiFactory loopback = new UserApiFactory();
                MockWebServer server = new MockWebServer()) {
            server.setDispatcher(remembering(lines));
            server.start(InetAddress.getLoopbackAddress(), 0);
            UserTools tools = tools(loopback, URI.create("http://127.0.0.1:" + server.getPort() + "/v1"), recorded);
            for (int i = 0; i < CASES_OVER_THE_WIRE; i++) {
                ObjectNode params =
                        Json.object().put("name", Catalogue.NAMES.get(i % 2)).put("method", "DELETE");
                params.set("arguments", arguments(Catalogue.NAMES.get(i % 2)));
                params.putObject("_meta").put("traceparent", text()).put("tracestate", text());
                tools.accept(new CallRequest(params, Optional.of(text()), Admission.ADMITTED))
                        .outcome()
                        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        }
        assertEquals(CASES_OVER_THE_WIRE, recorded.size());
        assertTrue(lines.size() > 100, lines.size() + " requests");
        assertEquals(
                List.of(), lines.stream().filter(line -> !isOneOfTheTwo(line)).toList());
    }

    private static boolean isOneOfTheTwo(String line) {
        return line.startsWith("GET ")
                && line.endsWith(" HTTP/1.1")
                && TARGETS.matcher(line.substring(4, line.length() - 9)).matches();
    }

    private static Dispatcher remembering(List<String> lines) {
        return new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                lines.add(request.getRequestLine());
                return new MockResponse().setResponseCode(404);
            }
        };
    }

    private static UserTools tools(UserApiFactory loopback, URI base, List<String> recorded) {
        AuditLog audit = new AuditLog(
                line -> recorded.add(new String(line, StandardCharsets.UTF_8)),
                AuditChain.plain(),
                loopback.redactor(),
                loopback.time().clock(),
                new AuditLog.Identity("1.0.0", 1, "svc", "ada", Optional.empty()));
        Stages stages = new Stages(
                new RateLimiter(1_000_000, 1_000_000, loopback.time()),
                DisclosureBudget.inMemory(100_000_000, loopback.time().clock()),
                loopback.open(UserApiFactory.settings(base)),
                new TextCleaner(loopback.redactor()),
                audit,
                loopback.time(),
                Runnable::run,
                Runnable::run);
        return new UserTools(catalogue(), stages, Duration.ofSeconds(20), loopback.time());
    }

    /** Returns a context that is valid half the time, with anything beside it. */
    private TraceContext trace() {
        String valid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        return new TraceContext(Optional.of(random.nextBoolean() ? valid : text()), Optional.of(text()));
    }

    /** Checks each request of a call; the API knows nobody. */
    private static void walk(ApiRequest request, ApiSettings settings, Call call) {
        BiFunction<URI, Selection, CompletableFuture<Fetched>> api = (address, selection) -> {
            check(settings.request(address, call, UserApiFactory.TOKEN));
            return CompletableFuture.failedFuture(new CallFailure(ErrorCode.NOT_FOUND, "nobody"));
        };
        new Walk(request, settings.base(), api, new Continuations(System::nanoTime)).begin();
    }

    private static void check(HttpRequest request) {
        URI uri = request.uri();
        assertEquals("GET", request.method());
        assertTrue(
                request.bodyPublisher().map(body -> body.contentLength() == 0).orElse(true));
        assertEquals("https://users.corp.example:8443", uri.getScheme() + "://" + uri.getRawAuthority());
        String target = uri.getRawPath()
                + Optional.ofNullable(uri.getRawQuery())
                        .map(query -> "?" + query)
                        .orElse("");
        assertTrue(TARGETS.matcher(target).matches(), target);
        assertEquals(Optional.empty(), Optional.ofNullable(uri.getRawFragment()));
        assertTrue(
                HEADERS.containsAll(request.headers().map().keySet()),
                request.headers().toString());
    }

    private static Optional<ApiRequest> request(Tool tool, ObjectNode arguments) {
        try {
            return Optional.of(
                    tool.request().apply(tool.input().check(arguments).requireAccepted()));
        } catch (CallFailure refused) {
            assertEquals(ErrorCode.INVALID_INPUT, refused.code());
            return Optional.empty();
        }
    }

    private static List<Tool> catalogue() {
        ApiLayout layout = Layouts.of("/list?department={department}", "/users", Layouts.OFFSET, Map.of());
        return Catalogue.of(layout, Catalogue.NAMES, List.of("id", "name"), List.of("sales", "r-d"));
    }

    /** Mostly the tool's own arguments, now and then another's. */
    private ObjectNode arguments(String tool) {
        ObjectNode arguments = Json.object();
        for (String name : List.of("user_id", "department", "limit", "offset")) {
            boolean own = name.equals("user_id") == tool.equals("get_user");
            boolean needed = name.equals("user_id") || name.equals("department");
            if (random.nextInt(20) < (own && needed ? 19 : own ? 4 : 1)) {
                arguments.set(name, value(0));
            }
        }
        if (random.nextInt(20) == 0) {
            arguments.set(text(), value(0));
        }
        return arguments;
    }

    private JsonNode value(int depth) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (random.nextInt(depth > 2 ? 7 : 9)) {
            case 0, 1, 2 -> nodes.textNode(text());
            case 3 -> nodes.numberNode(random.nextInt(120));
            case 4 ->
                nodes.numberNode(new BigInteger(80, random).subtract(BigInteger.ONE.shiftLeft(random.nextInt(80))));
            case 5 -> nodes.numberNode(new BigDecimal(BigInteger.valueOf(random.nextInt()), random.nextInt(40) - 20));
            case 6 -> random.nextBoolean() ? nodes.nullNode() : nodes.booleanNode(random.nextBoolean());
            case 7 -> nodes.arrayNode().add(value(depth + 1));
            default -> Json.object().set(text(), value(depth + 1));
        };
    }

    /** A hostile text, a mutation of one, or anything. */
    private String text() {
        String text = HOSTILE.get(random.nextInt(HOSTILE.size()));
        return switch (random.nextInt(4)) {
            case 0 -> text;
            case 1 -> Integer.toString(random.nextInt(1000));
            case 2 -> text + HOSTILE.get(random.nextInt(HOSTILE.size()));
            default ->
                random.ints(random.nextInt(6), 0, 0x3000)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
        };
    }
}
