package dev.userservice.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.Layouts;
import dev.userservice.call.ApiAnswer;
import dev.userservice.call.ListLayout;
import dev.userservice.call.Paging;
import dev.userservice.model.IdFormat;
import dev.userservice.model.Json;
import dev.userservice.model.Redactor;
import dev.userservice.sanitize.OutputField;
import dev.userservice.sanitize.OutputSchema;
import dev.userservice.sanitize.TextCleaner;
import dev.userservice.validate.Arguments;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds every tool of the catalogue to the published contract, whichever tools there are. */
final class CatalogueContractTest {

    private static final Path RECORDED = Path.of("src", "test", "resources", "schemas");
    private static final List<String> FIELDS = List.of("id", "name", "email", "status", "department");
    private static final List<String> DEPARTMENTS = List.of("engineering", "product", "sales", "operations");

    /** Keywords that some client does not understand. */
    private static final Set<String> NOT_PORTABLE = Set.of(
            "$schema",
            "$ref",
            "$defs",
            "$id",
            "definitions",
            "oneOf",
            "anyOf",
            "allOf",
            "not",
            "const",
            "format",
            "if",
            "then",
            "else",
            "patternProperties",
            "prefixItems");

    @Test
    void offersBothToolsInTheirOrder() {
        assertEquals(List.of("get_user", "list_users_by_department"), Catalogue.NAMES.subList(0, 2));
        assertEquals(Catalogue.NAMES, tools().map(Tool::name).toList());
    }

    @ParameterizedTest
    @MethodSource("tools")
    void publishesWhatIsRecorded(Tool tool) throws Exception {
        Path recorded = RECORDED.resolve(tool.name() + ".json");
        Path published = Files.createDirectories(Path.of("target", "schemas")).resolve(recorded.getFileName());
        Files.writeString(published, Json.pretty(tool.publish()) + "\n");
        String record = Files.exists(recorded) ? Files.readString(recorded) : "";
        assertEquals(record, Files.readString(published), "where this is meant: cp " + published + " " + recorded);
    }

    @Test
    void recordsNoToolThatIsNotThere() throws Exception {
        try (Stream<Path> files = Files.list(RECORDED)) {
            Set<String> names = new TreeSet<>(
                    files.map(file -> file.getFileName().toString()).toList());
            assertEquals(
                    new TreeSet<>(tools().map(tool -> tool.name() + ".json").toList()), names);
        }
    }

    @ParameterizedTest
    @MethodSource("tools")
    void publishesTheSameBytesEachTime(Tool tool) {
        Tool again = tools().filter(other -> other.name().equals(tool.name()))
                .findFirst()
                .orElseThrow();
        assertEquals(Json.text(tool.publish()), Json.text(again.publish()));
    }

    @ParameterizedTest
    @MethodSource("tools")
    void saysThatItOnlyReads(Tool tool) {
        assertEquals(
                Json.object()
                        .put("title", tool.title())
                        .put("readOnlyHint", true)
                        .put("destructiveHint", false)
                        .put("idempotentHint", true)
                        .put("openWorldHint", false),
                tool.publish().get("annotations"));
        assertFalse(tool.title().isBlank());
        assertFalse(tool.description().isBlank());
    }

    @ParameterizedTest
    @MethodSource("tools")
    void publishesSchemasThatEveryClientUnderstands(Tool tool) {
        List<String> objections = new ArrayList<>();
        for (String member : List.of("inputSchema", "outputSchema")) {
            JsonNode schema = tool.publish().get(member);
            assertEquals("object", schema.path("type").textValue(), member);
            inspect(member, schema, objections);
        }
        assertEquals(List.of(), objections);
    }

    @ParameterizedTest
    @MethodSource("tools")
    void boundsEveryTextThatLeaves(Tool tool) {
        List<String> unbounded = new ArrayList<>();
        inspectTexts("outputSchema", tool.publish().get("outputSchema"), unbounded);
        assertEquals(List.of(), unbounded);
    }

    @ParameterizedTest
    @MethodSource("tools")
    void knowsTheMostBytesOfAResult(Tool tool) {
        long most = tool.maxAnswerBytes();
        long worst = Stream.of("😀", "\"", "\\", "a")
                .mapToLong(text -> largestResult(tool, text.repeat(256)))
                .max()
                .orElseThrow();
        assertTrue(worst <= most, worst + " bytes are more than " + most);
        assertTrue(most <= 2 * worst, most + " bytes are far more than " + worst);
    }

    /** Returns the bytes of a result in which every list is as long and every number as large as may be. */
    private static long largestResult(Tool tool, String text) {
        ObjectNode content = Json.object();
        tool.output().copy(largest(tool.output(), text), content, new TextCleaner(new Redactor()));
        ObjectNode result = Json.object();
        result.putArray("content").addObject().put("type", "text").put("text", Json.text(content));
        result.set("structuredContent", content);
        return Json.text(result.put("isError", false)).getBytes(StandardCharsets.UTF_8).length;
    }

    private static ObjectNode largest(OutputSchema schema, String text) {
        ObjectNode record = Json.object();
        for (OutputField field : schema.fields()) {
            if (field instanceof OutputField.Records list) {
                record.putArray(list.name()).addAll(Collections.nCopies(list.maxItems(), largest(list.items(), text)));
            } else if (field instanceof OutputField.Count) {
                record.put(field.name(), Long.MAX_VALUE);
            } else if (field instanceof OutputField.Identifier) {
                record.put(field.name(), "9".repeat(18));
            } else {
                record.put(field.name(), text);
            }
        }
        return record;
    }

    @ParameterizedTest
    @MethodSource("tools")
    void requiresOnlyWhatIsDeclared(Tool tool) {
        for (String member : List.of("inputSchema", "outputSchema")) {
            JsonNode schema = tool.publish().get(member);
            for (JsonNode name : schema.path("required")) {
                assertTrue(schema.path("properties").has(name.textValue()), member + " requires " + name);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "email,department             | id,name,email,department          | id and name are always there",
                "id,name                      | id,name                           | nothing more",
                "department,status            | id,name,status,department         | in the order of the catalogue",
                "id,name,ssn,password_hash    | id,name                           | it can only narrow",
                "id,name,email,status,department | id,name,email,status,department | everything",
            })
    void releasesNoMoreFieldsThanConfigured(String configured, String released, String reason) {
        Tool tool = tool(layout(false), List.of(configured.split(",")), "get_user");
        ObjectNode published = tool.publish();
        List<String> names = names(published.at("/outputSchema/properties"));
        assertEquals(List.of(released.split(",")), names, reason);
        assertTrue(
                published.get("description").textValue().contains("and returns: " + String.join(", ", names) + ". "),
                reason);
        for (String other : FIELDS) {
            boolean mentioned = published.get("description").textValue().matches("(?s).*\\b" + other + "\\b.*");
            assertTrue(!mentioned || names.contains(other) || other.equals("id"), other + " is not to be mentioned");
        }
        assertEquals(released, copied(tool), reason);
    }

    private static String copied(Tool tool) {
        ObjectNode record = Json.object().put("id", "123");
        Stream.concat(FIELDS.stream(), Stream.of("ssn", "password_hash"))
                .filter(field -> !field.equals("id"))
                .forEach(field -> record.put(field, "x"));
        Arguments arguments =
                tool.input().check(Json.object().put("user_id", "123")).requireAccepted();
        JsonNode shaped = tool.shape().apply(arguments, new ApiAnswer(List.of(record), OptionalLong.empty(), false));
        ObjectNode target = Json.object();
        tool.output().copy(shaped, target, new TextCleaner(new Redactor()));
        return String.join(",", names(target));
    }

    @Test
    void offersOnlyTheToolsAskedFor() {
        List<Tool> tools = Catalogue.of(layout(false), List.of("get_user"), FIELDS, DEPARTMENTS);
        assertEquals(List.of("get_user"), tools.stream().map(Tool::name).toList());
    }

    @ParameterizedTest
    @MethodSource("tools")
    void namesNoToolThatMayNotBeOffered(Tool tool) {
        String published = Json.text(tool.publish().without("name"));
        assertEquals(
                List.of(), Catalogue.NAMES.stream().filter(published::contains).toList());
        assertTrue(tool.description().length() < 350, "a model reads it at each turn");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "get_user                 | There is no search by name or e-mail",
                "get_user                 | never guess an ID",
                "get_user                 | A missing field means unknown",
                "list_users_by_department | There is no search by name or e-mail",
                "list_users_by_department | to find somebody, ask which department they are in",
                "list_users_by_department | stop paging at the match",
                "list_users_by_department | total, where given, counts the department: limit 1 is enough",
                "list_users_by_department | Departments other than those offered here may exist",
            })
    void tellsAModelWhatItMayConclude(String name, String words) {
        String description = tool(layout(false), FIELDS, name).description();
        assertTrue(description.contains(words), description);
    }

    @ParameterizedTest
    @ValueSource(strings = {"get_user", "list_users_by_department"})
    void doesNotDenyToFindSomebodyByAnIdThatIsAnAddress(String name) {
        ApiLayout digits = layout(false);
        ApiLayout addresses = new ApiLayout(
                digits.userPath(),
                digits.record(),
                digits.departmentPath(),
                Map.of(),
                digits.list(),
                Map.of(),
                Map.of(),
                IdFormat.EMAIL);
        String description = tool(addresses, FIELDS, name).description();
        assertTrue(description.contains("There is no search by name"), description);
        assertFalse(description.contains("or e-mail"), description);
    }

    @Test
    void namesTheConfiguredDepartmentsOnly() {
        Tool tool = Catalogue.of(layout(false), Catalogue.NAMES, FIELDS, List.of("r_d", "hr"))
                .get(1);
        assertEquals("[\"r_d\",\"hr\"]", Json.text(tool.publish().at("/inputSchema/properties/department/enum")));
        assertFalse(Json.text(tool.publish()).contains("engineering"));
    }

    @ParameterizedTest
    @CsvSource({
        // limit, offset, users returned, the total or -1, whether there may be more, result
        "50,      0,   50, 240, true,  'users 50, total 240, next 50',    the first page",
        "50,     50,   50, 240, true,  'users 50, total 240, next 100',   a page within",
        "50,    190,   50, 240, false, 'users 50, total 240',             the last page, full",
        "50,    200,   40, 240, false, 'users 40, total 240',             the last page, not full",
        "50,    240,    0, 240, false, 'users 0, total 240',              after the end",
        "50,      0,   20, -1,  true,  'users 20, next 20',               next is where the users end",
        "50,      0,   50, -1,  false, 'users 50',                        a full page that is the last",
        "50,     50,    0, -1,  true,  'users 0',                         never after an empty page",
        "100, 999900, 100, -1,  true,  'users 100, next 1000000',         up to the greatest offset",
        "100, 999901, 100, -1,  true,  'users 100',                       no offset that would be refused",
        "100, 1000000, 100, 9000000000, true, 'users 100, total 9000000000', a total beyond an int",
    })
    void saysWhereTheNextPageBegins(
            int limit, int offset, int users, long total, boolean more, String page, String reason) {
        OptionalLong known = total < 0 ? OptionalLong.empty() : OptionalLong.of(total);
        assertEquals(page, page(limit, offset, new ApiAnswer(users(users), known, more)), reason);
    }

    @ParameterizedTest
    @MethodSource("tools")
    void isTriedWithArgumentsThatItAccepts(Tool tool) {
        for (ObjectNode arguments : trialArguments(tool.trial())) {
            assertFalse(tool.input().check(arguments).requireAccepted().values().isEmpty());
        }
        String remedy = tool.trial().notFoundRemedy();
        assertTrue(remedy.matches("check (the path in )?[A-Z_]+(, (the settings of )?[A-Z_]+)*( and .+)?"), remedy);
    }

    private static List<ObjectNode> trialArguments(Trial trial) {
        if (trial instanceof Trial.Getter getter) {
            return List.of(getter.arguments().apply("7"), getter.arguments().apply(getter.nobody()));
        }
        ListTrial finder = (ListTrial) trial;
        return finder.questions().stream()
                .flatMap(question -> Stream.concat(
                        Stream.of(question),
                        finder.further(question, Json.object().put("total", 9)).stream()))
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0+1 1 of 9 | 0+4 1 2 3 4 of 9 | 1+2 2 3 of 9 | none                          | they fit",
                "0+1 1 of 3 | 0+4 1 2 3 of 3   | 2+2 3 of 3   | none                          | a small department",
                "0+1 1      | 0+4 1 2          | 2+2          | none                          | a smaller one",
                "0+1 1      | 1+1              | 2+2          | none                          | the smallest",
                "0+1 1      | 1+1 2            |              | none                          | one without an answer",
                "0+1 1 of 9 | 0+4 1 2 3 4      | 2+2 3 4      | none                          | a total now and then",
                "0+1 1 of 9 | 0+4 1 2 3 4 of 9 | 2+2 5 6 of 9 | check INTERNAL_API_PAGINATION | a page further",
                "0+1 1      | 0+4 1 2 3 4      | 2+2          | check INTERNAL_API_PAGINATION | past the last page",
                "0+1 1      | 0+4 1 2 3        | 2+2 3 4      | check INTERNAL_API_PAGINATION | another size",
                "0+1 1      | 1+1 2            | 0+1 9        | check INTERNAL_API_PAGINATION | another one before",
                "0+1 1      | 1+1 1            |              | check INTERNAL_API_PAGINATION | the same again",
                "0+1 1 of 1 | 1+1 of 1         | 0+4 1 2 of 2 | check INTERNAL_API_TOTAL      | a total of what was sent",
            })
    void saysWhichPagesContradictOneAnother(String first, String second, String third, String settings, String reason) {
        ListTrial finder = finder(Layouts.OFFSET);
        List<JsonNode> pages = Stream.of(first, second, third)
                .map(CatalogueContractTest::pageOf)
                .toList();
        String found = finder.contradiction(pages).orElse("none");
        assertEquals(settings, found.replaceFirst(",.*", ""), reason);
    }

    private static JsonNode pageOf(String text) {
        Matcher page = Pattern.compile("(\\d)\\+(\\d)([ \\d]*)(?:of (\\d))?").matcher(text == null ? "" : text);
        if (!page.matches()) {
            return MissingNode.getInstance();
        }
        ObjectNode result = Json.object()
                .put("offset", Integer.valueOf(page.group(1)))
                .put("limit", Integer.valueOf(page.group(2)));
        Stream.of(page.group(3).strip().split(" "))
                .filter(id -> !id.isEmpty())
                .forEach(id -> result.withArray("/users").addObject().put("id", id));
        return page.group(4) == null ? result : result.put("total", Long.valueOf(page.group(4)));
    }

    @ParameterizedTest
    @CsvSource({
        "whole,  check INTERNAL_API_PAGINATION",
        "page,   'check INTERNAL_API_PAGINATION, INTERNAL_API_LIMIT_PARAM, INTERNAL_API_START_PARAM and INTERNAL_API_START_FIRST, and that no two users are equal in the order of the list'",
        "link,   check INTERNAL_API_PAGINATION and INTERNAL_API_NEXT_POINTER",
    })
    void namesWhatCanMakePagesContradictOneAnother(String kind, String settings) {
        ListTrial list = finder(paging(kind));
        List<JsonNode> pages = List.of(pageOf("0+1 1"), pageOf("1+1 1"));
        assertEquals(Optional.of(settings), list.contradiction(pages));
    }

    /** An API that counts from 0 has a first page that nobody would miss otherwise. */
    @Test
    void isTriedInSmallPages() {
        ListTrial trial = finder(Layouts.PAGE);
        Tool small = trial.inSmallPages().orElseThrow();
        ListLayout list = small.request()
                .apply(small.input().check(trial.questions().get(0)).requireAccepted())
                .list()
                .orElseThrow();
        assertEquals(new Paging.Numbered("limit", "page", 1, OptionalInt.of(5)), list.paging());
        for (Paging without : List.of(Layouts.WHOLE, Layouts.OFFSET, Layouts.LINK)) {
            assertEquals(Optional.empty(), finder(without).inSmallPages());
        }
    }

    private static ListTrial finder(Paging paging) {
        return (ListTrial)
                tool(Layouts.of(paging), FIELDS, "list_users_by_department").trial();
    }

    private static Paging paging(String kind) {
        return Map.of("whole", Layouts.WHOLE, "page", Layouts.PAGE, "link", Layouts.LINK)
                .getOrDefault(kind, Layouts.OFFSET);
    }

    @Test
    void findsAUserOfEachDepartmentInTurn() throws Exception {
        ListTrial list = (ListTrial)
                tool(layout(false), FIELDS, "list_users_by_department").trial();
        assertEquals(
                DEPARTMENTS.stream()
                        .map(name -> Json.object().put("department", name).put("limit", 1))
                        .toList(),
                list.questions());
        JsonNode answer =
                Json.parse("{\"users\":[{\"id\":\"7\"},{\"id\":\"8\"}]}").orElseThrow();
        assertEquals(Optional.of("7"), list.user(answer));
        assertEquals(Optional.empty(), list.user(Json.object()));
    }

    @ParameterizedTest
    @CsvSource({
        "whole,  60,   1+1 59+1,          the second user, and the last",
        "offset, ,     1+1 0+4 1+2,       the second user and pages of two sizes, since nobody knows the last",
        "offset, 60,   1+1 0+4 1+2 59+1,  all of it",
        "offset, 2,    1+1 0+4 1+2,       the second user is the last",
        "offset, 1,    1+1 0+4 1+2,       or is not there",
        "offset, 0,    1+1 0+4 1+2,       whatever the total says",
        "offset, 5000, 1+1 0+4 1+2 999+1, no further than an API may refuse",
        "page,   ,     100+1,             the second page",
        "page,   260,  100+1 259+1,       and the last user, in the third",
        "page,   60,   59+1,              the last user: the API's pages may be smaller",
        "page,   1,    1+1,               nobody",
        "link,   ,     1+1,               the second user",
        "link,   60,   1+1 59+1,          and the last: the total may be the first answer's",
        "link,   5000, 1+1 499+1,         not the whole way",
    })
    void asksFurther(String kind, Long total, String places, String reason) {
        ListTrial list = finder(paging(kind));
        ObjectNode answer = total == null ? Json.object() : Json.object().put("total", total);
        String asked = list.further(list.questions().get(0), answer).stream()
                .map(question -> question.path("offset") + "+" + question.path("limit"))
                .collect(Collectors.joining(" "));
        assertEquals(places, asked, reason);
    }

    static Stream<Tool> tools() {
        return Catalogue.of(layout(false), Catalogue.NAMES, FIELDS, DEPARTMENTS).stream();
    }

    private static Tool tool(ApiLayout layout, List<String> fields, String name) {
        return Catalogue.of(layout, List.of(name), fields, DEPARTMENTS).get(0);
    }

    private static ApiLayout layout(boolean pagesItself) {
        return Layouts.of(
                "/departments/{department}/users", "/users", pagesItself ? Layouts.OFFSET : Layouts.WHOLE, Map.of());
    }

    private static List<JsonNode> users(int count) {
        return IntStream.range(0, count)
                .<JsonNode>mapToObj(id -> Json.object().put("id", id).put("name", "Ada"))
                .toList();
    }

    private static String page(int limit, int offset, ApiAnswer answer) {
        Tool tool = tool(layout(false), FIELDS, "list_users_by_department");
        ObjectNode given =
                Json.object().put("department", "sales").put("limit", limit).put("offset", offset);
        JsonNode page = tool.shape().apply(tool.input().check(given).requireAccepted(), answer);
        assertEquals(
                List.of("sales", limit, offset),
                List.of(
                        page.get("department").textValue(),
                        page.get("limit").intValue(),
                        page.get("offset").intValue()));
        return "users " + page.get("users").size()
                + (page.has("total") ? ", total " + page.get("total") : "")
                + (page.has("next_offset") ? ", next " + page.get("next_offset") : "");
    }

    /** Notes every keyword and shape that is not portable, at any depth. */
    private static void inspect(String at, JsonNode schema, List<String> objections) {
        names(schema).stream().filter(NOT_PORTABLE::contains).forEach(name -> objections.add(at + " has " + name));
        if (!schema.path("type").isTextual()) {
            objections.add(at + " has not one type");
        }
        switch (schema.path("type").asText()) {
            case "object" -> {
                if (!schema.path("additionalProperties").equals(Json.object().booleanNode(false))) {
                    objections.add(at + " allows additional properties");
                }
                schema.path("properties")
                        .properties()
                        .forEach(member -> inspect(at + "." + member.getKey(), member.getValue(), objections));
            }
            case "array" -> {
                if (!schema.path("items").isObject() || !schema.path("maxItems").isInt()) {
                    objections.add(at + " has no items, or no bound");
                }
                inspect(at + "[]", schema.path("items"), objections);
            }
            default -> {
                if (schema.path("description").asText().isBlank()) {
                    objections.add(at + " has no description");
                }
            }
        }
    }

    private static void inspectTexts(String at, JsonNode schema, List<String> unbounded) {
        if (schema.path("type").asText().equals("string")
                && schema.path("maxLength").asInt() != 256) {
            unbounded.add(at);
        }
        schema.path("properties")
                .properties()
                .forEach(member -> inspectTexts(at + "." + member.getKey(), member.getValue(), unbounded));
        if (schema.has("items")) {
            inspectTexts(at + "[]", schema.get("items"), unbounded);
        }
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).toList();
    }
}
