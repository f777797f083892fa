package dev.userservice;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import okhttp3.mockwebserver.Dispatcher;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.RecordedRequest;
import okhttp3.mockwebserver.SocketPolicy;

/** A user API that says what it is told to wherever an API can say anything; the user's id chooses how it fails. */
final class HostileApi extends Dispatcher implements AutoCloseable {

    /** A user with a sound record; what is said stands in unreleased fields only. */
    static final int SOUND = 0;

    /** A user whose released fields say it too. */
    static final int TALKATIVE = 1;

    /** A user at whose first request the API refuses the credential, having run what it was given to run. */
    static final int ROTATING = 99;

    /** Users from 2 to this one each meet another failure. */
    static final int LAST_FAILURE = 27;

    private final MockWebServer server = new MockWebServer();
    private final List<RecordedRequest> requests = new CopyOnWriteArrayList<>();
    private volatile String said;
    private volatile Runnable rotation = () -> {};

    HostileApi(String said) throws IOException {
        this.said = said;
        server.setDispatcher(this);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getPort();
    }

    void say(String text) {
        said = text;
    }

    void onRotation(Runnable action) {
        rotation = action;
    }

    List<RecordedRequest> requests() {
        return requests;
    }

    @Override
    public MockResponse dispatch(RecordedRequest request) {
        requests.add(request);
        String last = request.getPath().substring(request.getPath().lastIndexOf('/') + 1);
        MockResponse response = last.equals("users") ? department(request.getPath()) : user(Integer.parseInt(last));
        return response.addHeader("X-Said", said).addHeader("Set-Cookie", "said=" + said);
    }

    private MockResponse user(int id) {
        return switch (id) {
            case SOUND -> record(id, "Ada");
            case TALKATIVE -> record(id, said);
            case 2 -> status(404, "Not Found");
            case 3 -> status(500, said);
            case 4 -> status(503, said).setHeader("Retry-After", said);
            case 5 -> status(401, said).setHeader("WWW-Authenticate", "Basic realm=\"" + said.replace("\"", "") + "\"");
            case 6 -> status(403, said);
            case 7 -> status(407, said).setHeader("Proxy-Authenticate", "Basic " + said);
            case 8 -> status(302, said).setHeader("Location", server.url("/moved/" + said));
            case 9 -> status(418, said);
            case 10 -> new MockResponse().setBody(said);
            case 11 -> new MockResponse().setBody(json(Map.of("id", id, "name", Map.of(said, said))));
            case 12 -> new MockResponse().setBody(json(Map.of("id", said, "name", said)));
            case 13 -> new MockResponse().setBody("{" + json(said) + ":1," + json(said) + ":2}");
            case 14 -> record(id, "Ada").setHeader("Content-Encoding", said).setHeader("Content-Type", said);
            case 15 ->
                new MockResponse().setBody(json(Map.of("id", id, "name", said.repeat(1 + 20_000 / said.length()))));
            case 16 -> new MockResponse().setSocketPolicy(SocketPolicy.NO_RESPONSE);
            case 17 -> status(200, "OK").setSocketPolicy(SocketPolicy.DISCONNECT_DURING_RESPONSE_BODY);
            case 18 -> new MockResponse().setSocketPolicy(SocketPolicy.DISCONNECT_AFTER_REQUEST);
            case 19 -> new MockResponse().setStatus("HTTP/1.1 abc " + said);
            case 20 -> new MockResponse().setStatus(said);
            case 21 -> status(101, said).setHeader("Upgrade", said);
            case 22 -> new MockResponse().setStatus("HTTP/1.1 204 " + said);
            case 23 -> new MockResponse().setBody(said).setHeader("Content-Length", said);
            case 24 -> status(999, said);
            case 25 -> status(401, said).setHeader("WWW-Authenticate", said);
            case 26 -> status(429, said).setHeader("Retry-After", said);
            case LAST_FAILURE -> new MockResponse().setBody(json(List.of(said, Map.of(said, said))));
            case ROTATING -> rotate();
            default -> throw new IllegalArgumentException("no such user");
        };
    }

    private MockResponse department(String path) {
        return switch (path.split("/")[2]) {
            case "sales" ->
                new MockResponse()
                        .setBody(json(Map.of(
                                "users",
                                List.of(Map.of("id", 1, "name", said, said, said)),
                                "total",
                                said,
                                said,
                                said)));
            case "product" -> new MockResponse().setBody(json(Map.of("users", said)));
            case "operations" -> status(404, said);
            default ->
                new MockResponse().setBody(json(Map.of("users", List.of(Map.of("id", said, "name", said), said))));
        };
    }

    private MockResponse rotate() {
        Runnable action = rotation;
        rotation = () -> {};
        action.run();
        boolean again = requests.stream()
                        .filter(request -> request.getPath().endsWith("/" + ROTATING))
                        .count()
                > 1;
        return again ? record(ROTATING, said) : status(401, said);
    }

    private MockResponse record(int id, String text) {
        return new MockResponse()
                .setBody(json(Map.of(
                        "id",
                        id,
                        "name",
                        text,
                        "email",
                        text,
                        "status",
                        text,
                        "department",
                        text,
                        "ssn",
                        said,
                        said,
                        List.of(said))));
    }

    private MockResponse status(int status, String reason) {
        return new MockResponse().setStatus("HTTP/1.1 " + status + " " + reason).setBody(json(Map.of("error", said)));
    }

    private static String json(Object value) {
        return ServerProcess.render(value);
    }

    @Override
    public void close() throws IOException {
        server.shutdown();
    }
}
