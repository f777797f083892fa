package dev.userservice.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.userservice.model.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class DemoApiTest {

    private static final int TIMEOUT_MILLIS = 20_000;
    private static final List<String> MEMBERS =
            List.of("id", "name", "email", "status", "department", "ssn", "salary", "password_hash");

    private DemoApi api;

    @BeforeEach
    void start() throws IOException {
        api = DemoApi.start();
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void answersWithTheRecordThatTheReadmeShows() throws IOException {
        assertTrue(Files.readString(Path.of("README.md")).contains("\n" + Json.text(json("/users/123")) + "\n"));
    }

    @Test
    void listsSixtyUsersInEachOfTheFourDepartments() throws IOException {
        TreeSet<Integer> ids = new TreeSet<>();
        for (String department : List.of("engineering", "product", "sales", "operations")) {
            JsonNode users = json("/departments/" + department + "/users").get("users");
            assertEquals(60, users.size(), department);
            for (JsonNode user : users) {
                assertEquals(department, user.get("department").textValue());
                assertEquals(
                        MEMBERS,
                        user.properties().stream().map(Map.Entry::getKey).toList());
                ids.add(user.get("id").intValue());
            }
        }
        assertEquals(new TreeSet<>(IntStream.rangeClosed(1, 240).boxed().toList()), ids);
    }

    @Test
    void givesTheSameRecordAloneAndInTheList() throws IOException {
        JsonNode listed = StreamSupport.stream(
                        json("/departments/sales/users").get("users").spliterator(), false)
                .filter(user -> user.get("id").intValue() == 123)
                .findFirst()
                .orElseThrow();
        assertEquals(listed, json("/users/123"));
    }

    @ParameterizedTest
    @CsvSource({
        "/users/1,                      200, the first",
        "/users/240,                    200, the last",
        "/users/0,                      404, before the first",
        "/users/241,                    404, after the last",
        "/users/007,                    404, another writing",
        "/users/999999999999999999,     404, the greatest id a caller may ask for",
        "/users/ada,                    404, a name",
        "/users/,                       404, nothing",
        "/users/902,                    500, the user that fails",
        "/users/903,                    200, the user that talks to the model",
        "/departments/sales/users,      200, a department",
        "/departments/marketing/users,  404, an unknown department",
        "/departments/sales,            404, another path",
        "/,                             404, the top",
    })
    void answers(String path, int status, String reason) throws IOException {
        assertEquals(status, status(path, "Bearer " + api.token().reveal()), reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "Bearer", "Bearer wrong-0123456789", "bearer TOKEN", "Basic TOKEN", "TOKEN", "Bearer TOKENx"
            })
    void refusesEveryOtherCredential(String credential) throws IOException {
        String sent = credential.replace("TOKEN", api.token().reveal());
        for (String path : List.of("/users/1", "/departments/sales/users", "/nowhere")) {
            assertEquals(401, status(path, sent));
        }
    }

    @Test
    void hasAnotherTokenEachTime() throws IOException {
        try (DemoApi other = DemoApi.start()) {
            assertNotEquals(api.token(), other.token());
        }
        assertTrue(api.token().reveal().matches("[0-9a-f]{48}"));
    }

    @Test
    void listensOnLoopbackUntilItIsClosed() throws IOException {
        assertTrue(api.url().matches("http://127\\.0\\.0\\.1:[0-9]+"));
        api.close();
        try {
            status("/users/1", "");
        } catch (ConnectException e) {
            return;
        }
        throw new AssertionError("it still answers");
    }

    private JsonNode json(String path) throws IOException {
        HttpURLConnection connection = connect(path, "Bearer " + api.token().reveal());
        try (InputStream in = connection.getInputStream()) {
            assertEquals("application/json", connection.getContentType());
            return Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private int status(String path, String credential) throws IOException {
        return connect(path, credential).getResponseCode();
    }

    private HttpURLConnection connect(String path, String credential) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(api.url() + path).toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        if (!credential.isEmpty()) {
            connection.setRequestProperty("Authorization", credential);
        }
        return connection;
    }
}
