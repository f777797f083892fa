package dev.userservice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.Socket;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A directory's user API on a loopback port: as its makers document it, page sizes and refusals included, but for the
 * parameters that it is told to ignore. It knows people in the department {@link #DEPARTMENT}, and after them three in
 * engineering.
 */
final class DirectoryApi implements AutoCloseable {

    static final String DEPARTMENT = "Human Resources";

    private static final String ENGINEERING = "engineering";

    private final Directory directory;
    private final Set<String> ignored;
    private final List<Person> people;
    private final RawApi api;

    /** Somebody whom the directory knows, by number from 1. */
    record Person(int number, String department) {

        String given() {
            return "Ada" + number;
        }

        String email() {
            return "ada" + number + "@corp.example";
        }

        String login() {
            return "ada" + number;
        }
    }

    /** A request for a list. */
    record Question(String address, Map<String, String> query) {

        Optional<String> parameter(String name) {
            return Optional.ofNullable(query.get(name));
        }

        /** Returns the whole number that a parameter gives, of 0 or more; otherwise that which stands for it. */
        int number(String name, int otherwise) {
            return parameter(name)
                    .filter(text -> text.matches("[0-9]{1,9}"))
                    .map(Integer::parseInt)
                    .orElse(otherwise);
        }

        /** Returns the address of the same list with another value for a parameter. */
        String with(String name, String value) {
            Map<String, String> changed = new HashMap<>(query);
            changed.put(name, value);
            StringBuilder text = new StringBuilder(address);
            changed.forEach((parameter, given) -> text.append(text.indexOf("?") < 0 ? "?" : "&")
                    .append(URLEncoder.encode(parameter, StandardCharsets.UTF_8))
                    .append("=")
                    .append(URLEncoder.encode(given, StandardCharsets.UTF_8)));
            return text.toString();
        }
    }

    /** What a request is answered with. */
    record Answer(String status, JsonNode body, List<String> headers) {

        static Answer ok(JsonNode body, String... headers) {
            return new Answer("200 OK", body, List.of(headers));
        }

        static Answer refused(String status, String code) {
            return new Answer(status, object().put("error", code), List.of());
        }
    }

    /** @param size how many are in {@link #DEPARTMENT} */
    DirectoryApi(Directory directory, int size, String... ignored) throws IOException {
        this.directory = directory;
        this.ignored = Set.of(ignored);
        this.people = Stream.concat(
                        IntStream.rangeClosed(1, size).mapToObj(number -> new Person(number, DEPARTMENT)),
                        IntStream.rangeClosed(size + 1, size + 3).mapToObj(number -> new Person(number, ENGINEERING)))
                .toList();
        this.api = new RawApi(this::answer);
    }

    String url() {
        return api.url();
    }

    List<String> targets() {
        return api.targets();
    }

    /** Returns the IDs of all in {@link #DEPARTMENT}, in the directory's order. */
    List<String> ids() {
        return people.stream()
                .filter(person -> person.department().equals(DEPARTMENT))
                .map(directory::id)
                .toList();
    }

    private void answer(RawApi.Request request, Socket socket) throws IOException {
        String given = request.header(directory.header);
        boolean known = Stream.of(ServerProcess.TOKEN, TokenEndpoint.token(1), TokenEndpoint.token(2))
                .anyMatch(token -> given.equals(directory.scheme + token));
        Answer answer = known ? answer(request) : Answer.refused("401 Unauthorized", "token");
        String[] headers = answer.headers().toArray(String[]::new);
        RawApi.write(socket, RawApi.response(answer.status(), answer.body().toString(), headers));
    }

    private Answer answer(RawApi.Request request) {
        String[] target = request.target().split("\\?", 2);
        Map<String, String> query = query(target.length == 1 ? "" : target[1]);
        query.keySet().removeAll(ignored);
        if (directory.isList(target[0])) {
            return directory.list(new Question(url() + target[0], query), people, target[0]);
        }
        return people.stream()
                .filter(person -> target[0].equals(directory.userPath(person)))
                .findFirst()
                .map(person -> Answer.ok(directory.one(person, query)))
                .orElse(Answer.refused("404 Not Found", "not found"));
    }

    private static Map<String, String> query(String text) {
        Map<String, String> query = new HashMap<>();
        for (String pair : text.isEmpty() ? new String[0] : text.split("&")) {
            String[] parts = pair.split("=", 2);
            query.put(decoded(parts[0]), decoded(parts[1]));
        }
        return query;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ArrayNode array(Stream<ObjectNode> items) {
        return JsonNodeFactory.instance.arrayNode().addAll(new ArrayList<JsonNode>(items.toList()));
    }

    @Override
    public void close() throws IOException {
        api.close();
    }
}
