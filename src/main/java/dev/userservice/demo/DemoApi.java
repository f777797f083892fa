package dev.userservice.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.userservice.model.DaemonThreads;
import dev.userservice.model.Json;
import dev.userservice.model.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A sample of an internal user API for {@code --demo}: made-up users 1 to 240 over real HTTP on a loopback port, behind
 * a random token. Its records hold fields that must not be released. Three further users show the limits.
 */
public final class DemoApi implements AutoCloseable {

    private static final int USERS = 240;
    private static final int SLOW_USER = 901; // its record takes longer than a call may
    private static final int FAILING_USER = 902; // the API answers with an error
    private static final int HOSTILE_USER = 903; // its name holds instructions for the model
    private static final Pattern USER_PATH = Pattern.compile("/users/0*+([1-9][0-9]{0,8})");
    private static final Pattern DEPARTMENT_PATH = Pattern.compile("/departments/([^/]*)/[^/]*");
    private static final Answer NOT_FOUND = new Answer(404, Json.object());

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(new DaemonThreads("demo-api"));
    private final Secret token;
    private final JsonNode people;

    private record Answer(int status, ObjectNode body) {}

    /** Starts it on a free loopback port, with a new random token. */
    public DemoApi() throws IOException {
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        token = new Secret(HexFormat.of().formatHex(random));
        try (InputStream in = DemoApi.class.getResourceAsStream("people.json")) {
            people = Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .orElseThrow();
        }
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public Secret token() {
        return token;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String credential = exchange.getRequestHeaders().getFirst("Authorization");
            boolean known = ("Bearer " + token.reveal()).equals(credential);
            String path = exchange.getRequestURI().getPath();
            Answer answer = known ? answer(path) : new Answer(401, Json.object());
            byte[] body = Json.text(answer.body()).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(answer.status(), body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private Answer answer(String path) {
        Matcher user = USER_PATH.matcher(path);
        if (user.matches()) {
            return user(Integer.parseInt(user.group(1)));
        }
        Matcher department = DEPARTMENT_PATH.matcher(path);
        return department.matches() ? department(department.group(1)) : NOT_FOUND;
    }

    private Answer user(int id) {
        return switch (id) {
            case SLOW_USER -> {
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(60));
                yield new Answer(200, record(id));
            }
            case FAILING_USER ->
                new Answer(500, Json.object().put("error", "java.sql.SQLException: connection refused"));
            case HOSTILE_USER -> new Answer(200, record(id).set("name", people.get("hostile_name")));
            default -> id <= USERS ? new Answer(200, record(id)) : NOT_FOUND;
        };
    }

    private Answer department(String name) {
        ObjectNode body = Json.object();
        ArrayNode users = body.putArray("users");
        for (int id = 1; id <= USERS; id++) {
            ObjectNode user = record(id);
            if (user.get("department").textValue().equals(name)) {
                users.add(user);
            }
        }
        return users.isEmpty() ? NOT_FOUND : new Answer(200, body);
    }

    private ObjectNode record(int id) {
        String firstName = pick("first_names", id);
        String lastName = pick("last_names", id / people.get("first_names").size());
        return Json.object()
                .put("id", id)
                .put("name", firstName + " " + lastName)
                .put("email", "user" + id + "@demo.example")
                .put("status", id % 20 == 0 ? "suspended" : "active")
                .put("department", pick("departments", id - 1))
                .put("ssn", "078-05-%04d".formatted(id))
                .put("salary", 50_000 + 100 * id)
                .put("password_hash", "$2b$12$made.up.hash.of.user." + id);
    }

    private String pick(String list, int index) {
        JsonNode choices = people.get(list);
        return choices.get(index % choices.size()).textValue();
    }
}
