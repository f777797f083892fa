package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.Layouts;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Json;
import dev.userservice.model.Redactor;
import dev.userservice.sanitize.TextCleaner;
import dev.userservice.tools.ApiLayout;
import dev.userservice.tools.Catalogue;
import dev.userservice.tools.Tool;
import dev.userservice.validate.Arguments;
import io.modelcontextprotocol.json.schema.jackson2.DefaultJsonSchemaValidator;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whatever an API sends, in whatever pieces: a result fits the published schema and holds nothing from a field that is
 * not released, or the call ends as {@code upstream_contract}. Every unreleased text and key carries a mark.
 */
final class ReleasedFieldsPropertyTest {

    private static final int CASES = 15_000;
    private static final HttpHeaders NO_HEADERS = HttpHeaders.of(Map.of(), (name, value) -> true);
    private static final String MARK = "\u00A7unreleased";
    private static final List<String> RELEASED = List.of("id", "name", "email", "status", "department");
    private static final List<String> STRANGE = List.of(
            "ID",
            " name",
            "name ",
            "name\\u0000",
            "/name",
            "~1name",
            "na\\u200Bme",
            "\\uFF4Eame",
            "__proto__",
            "",
            "constructor",
            "users",
            "total",
            "0",
            "1",
            "ssn",
            "salary",
            "password_hash",
            "\\\"name\\\":\\\"x",
            "_meta",
            "n\\u0430me",
            "structuredContent",
            "isError",
            "profile",
            "user");
    private static final List<String> TEXTS = List.of(
            "Ada Okafor",
            "",
            "x\\u202Ey",
            "\\uD800",
            "\\uD83D\\uDE00",
            "a\\nb\\u2028c",
            "\\u0000\\u001B[2J",
            "ﷺ",
            "123",
            "\\\"}]}",
            "</script>",
            "\\u200D\\uFE0F\\uFE0F\\uFE0F",
            "\\uDB40\\uDC41");

    private final DefaultJsonSchemaValidator validator = new DefaultJsonSchemaValidator();
    private final TextCleaner cleaner = new TextCleaner(new Redactor());

    @ParameterizedTest(name = "{0}, pages itself: {1}, mapped: {2}, seed {3}")
    @CsvSource({
        "0, false, false, 20261122",
        "0, false, true,  20261123",
        "1, false, false, 20261124",
        "1, true,  true,  20261125",
    })
    void releasesOnlyWhatIsReleased(int tool, boolean pagesItself, boolean mapped, long seed) throws Exception {
        Random random = new Random(seed);
        Tool subject = Catalogue.of(layout(pagesItself, mapped), Catalogue.NAMES, RELEASED, List.of("sales"))
                .get(tool);
        Map<String, Object> schema =
                new ObjectMapper().convertValue(subject.publish().get("outputSchema"), new TypeReference<>() {});
        int results = 0;
        for (int i = 0; i < CASES; i++) {
            String answer = tool == 0 ? record(random, 0, mapped) : page(random, mapped);
            results += holds(subject, schema, answer, random) ? 1 : 0;
        }
        assertTrue(results > CASES / 20 && results < CASES * 19 / 20, results + " results of " + CASES);
    }

    /** Returns whether there is a result. */
    private boolean holds(Tool tool, Map<String, Object> schema, String answer, Random random) {
        ObjectNode given = tool.name().equals("get_user")
                ? Json.object().put("user_id", "7")
                : Json.object()
                        .put("department", "sales")
                        .put("limit", 1 + random.nextInt(4))
                        .put("offset", random.nextInt(3));
        ObjectNode content = Json.object();
        try {
            Arguments arguments = tool.input().check(given).requireAccepted();
            ApiRequest request = tool.request().apply(arguments);
            Fetched read = parse(request.selection(request.offset(), request.limit()), answer, random);
            ApiAnswer all = new ApiAnswer(read.records(), read.total(), random.nextBoolean());
            tool.output().copy(tool.shape().apply(arguments, all), content, cleaner);
        } catch (CallFailure e) {
            assertEquals(ErrorCode.UPSTREAM_CONTRACT, e.code(), answer);
            assertFalse(e.getMessage().contains(MARK), answer);
            return false;
        }
        String text = Json.text(content);
        assertFalse(text.contains(MARK), () -> answer + "\n-> " + text);
        assertTrue(validator.validate(schema, plain(content)).valid(), () -> answer + "\n-> " + text);
        return true;
    }

    private static Fetched parse(Selection selection, String answer, Random random) {
        InputStream body = new ByteArrayInputStream(answer.getBytes(StandardCharsets.UTF_8));
        int longest = random.nextBoolean() ? 8 : answer.length() + 1;
        InputStream inPieces = new FilterInputStream(body) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return super.read(target, offset, Math.min(length, 1 + random.nextInt(longest)));
            }
        };
        try {
            return AnswerReader.read(inPieces, NO_HEADERS, selection, Long.MAX_VALUE);
        } catch (IOException e) {
            throw new IllegalStateException(e); // a byte array does not fail to be read
        }
    }

    private static Object plain(JsonNode content) {
        return new ObjectMapper().convertValue(content, Object.class);
    }

    private static ApiLayout layout(boolean pagesItself, boolean mapped) {
        Map<String, String> map = Map.of("name", "/profile/0/name", "email", "/profile/1", "status", "/a~1b");
        return Layouts.of(
                "/departments/{department}/users",
                mapped ? "/data/users" : "/users",
                pagesItself ? Layouts.OFFSET : Layouts.WHOLE,
                mapped ? map : Map.of());
    }

    private static String page(Random random, boolean mapped) {
        StringBuilder items = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            items.append(items.length() > 0 ? "," : "");
            items.append(random.nextInt(40) == 0 ? unsound(random) : record(random, i, mapped));
        }
        String list = random.nextInt(30) == 0 ? unsound(random) : "[" + items + "]";
        String total =
                random.nextInt(3) == 0 ? "\"total\":" + (random.nextBoolean() ? "9" : foreign(random, 0)) + "," : "";
        String users =
                mapped ? "\"data\":{\"x\":" + foreign(random, 2) + ",\"users\":" + list + "}" : "\"users\":" + list;
        return broken("{" + total + "\"" + MARK + "\":" + foreign(random, 1) + "," + users + "}", random);
    }

    /** A record that is sound more often than not, among fields that must not leave. */
    private static String record(Random random, int id, boolean mapped) {
        StringBuilder record = new StringBuilder("{");
        if (random.nextInt(40) > 0) {
            record.append("\"id\":")
                    .append(value(
                            random,
                            random.nextInt(30) > 0 ? List.of("7", "\"7\"").get(id % 2) : "8"));
        }
        if (mapped) {
            add(
                    record,
                    "profile",
                    "[{\"" + MARK + "\":1,\"name\":" + text(random) + "}," + text(random) + "," + foreign(random, 1)
                            + "]");
            add(record, "name", foreign(random, 1));
            add(record, "a/b", text(random));
        } else {
            RELEASED.stream()
                    .skip(1)
                    .filter(name -> name.equals("name") || random.nextInt(3) > 0)
                    .forEach(name -> add(record, name, text(random)));
        }
        for (int i = random.nextInt(5); i > 0; i--) {
            String key = STRANGE.get(random.nextInt(STRANGE.size()));
            add(record, random.nextInt(3) == 0 ? key : key + MARK + i, foreign(random, 0));
        }
        return broken(record.append('}').toString(), random);
    }

    private static void add(StringBuilder record, String name, String value) {
        record.append(record.length() > 1 ? "," : "")
                .append('"')
                .append(name)
                .append("\":")
                .append(value);
    }

    /** Now and then a text is not JSON, cut, or longer than it should be. */
    private static String broken(String json, Random random) {
        return switch (random.nextInt(120)) {
            case 0 -> json.substring(0, random.nextInt(json.length()));
            case 1 -> json + foreign(random, 3);
            case 2 -> json.replaceFirst(",", ",,");
            case 3 -> json.replaceFirst(":", "");
            default -> json;
        };
    }

    /** The value of a released field: sound, or of another type, in which case nothing of it may leave. */
    private static String value(Random random, String sound) {
        return random.nextInt(40) > 0 ? sound : structure(random);
    }

    private static String text(Random random) {
        String text = TEXTS.get(random.nextInt(TEXTS.size()));
        String released = random.nextInt(50) == 0 ? text.repeat(400) : text;
        return random.nextInt(30) == 0 ? "null" : random.nextInt(80) == 0 ? structure(random) : "\"" + released + "\"";
    }

    private static String structure(Random random) {
        return random.nextBoolean() ? "{\"name\":\"" + MARK + "\"}" : "[\"" + MARK + "\"]";
    }

    /** Neither a list of records nor a record. */
    private static String unsound(Random random) {
        return random.nextBoolean()
                ? structure(random)
                : List.of("7", "null", "{}", "\"" + MARK + "\"").get(random.nextInt(4));
    }

    /** Anything; every text in it is marked. */
    private static String foreign(Random random, int depth) {
        return switch (random.nextInt(depth > 3 ? 7 : 10)) {
            case 0 -> "\"" + MARK + "\"";
            case 1 -> Integer.toString(random.nextInt());
            case 2 -> "1e" + random.nextInt(400);
            case 3 -> "1".repeat(1 + random.nextInt(1200));
            case 4 -> List.of("true", "false", "null", "-0.0").get(random.nextInt(4));
            case 5 -> "\"" + (MARK + "x").repeat(random.nextInt(300)) + MARK + "\"";
            case 6 -> "[]";
            case 7 ->
                "{\"" + STRANGE.get(random.nextInt(STRANGE.size())) + "\":" + foreign(random, depth + 1) + ",\"" + MARK
                        + "\":" + foreign(random, depth + 1) + "}";
            case 8 ->
                "{\"id\":\"" + MARK + "\",\"name\":\"" + MARK + "\",\"users\":[" + foreign(random, depth + 1) + "]}";
            default -> "[" + foreign(random, depth + 1) + "," + foreign(random, depth + 1) + "]";
        };
    }
}
