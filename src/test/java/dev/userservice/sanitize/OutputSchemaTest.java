package dev.userservice.sanitize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.FieldSource;
import dev.userservice.model.IdFormat;
import dev.userservice.model.Json;
import dev.userservice.model.Redactor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OutputSchemaTest {

    private static final OutputSchema USER = new OutputSchema(List.of(
            new OutputField.Identifier("id", "The ID.", source("/id"), IdFormat.DIGITS),
            new OutputField.Text("name", "The name.", source("/profile/displayName"), true),
            new OutputField.Text("email", "The address.", source("/mail"), false)));
    private static final OutputSchema STATUS = new OutputSchema(List.of(new OutputField.Word(
            "s",
            "The status.",
            source("/s"),
            Map.of("true", "active", "1", "one", "1.50", "half", "LOCKED", "locked", "\"quoted\"", "by JSON"))));
    private static final OutputSchema PAGE = new OutputSchema(List.of(
            new OutputField.Records("users", "The users.", USER, 2),
            new OutputField.Count("total", "How many.", false)));

    /** An e-mail address of 256 characters, the longest text that leaves. */
    private static final String LONGEST_ID = "a".repeat(64) + "@" + ("b".repeat(63) + ".").repeat(2) + "c".repeat(63);

    private static FieldSource source(String pointer) {
        return FieldSource.of(JsonPointer.compile(pointer));
    }

    private static String copy(OutputSchema schema, String record) {
        ObjectNode target = Json.object();
        int changes = schema.copy(Json.parse(record).orElseThrow(), target, new TextCleaner(new Redactor()));
        return Json.text(target) + " " + changes;
    }

    private static void refuses(OutputSchema schema, String record, String reason) {
        CallFailure failure = assertThrows(CallFailure.class, () -> copy(schema, record), reason);
        assertEquals(ErrorCode.UPSTREAM_CONTRACT, failure.code());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      {"ssn":"1","mail":"a@b.c","id":"7","profile":{"displayName":"Ada","salary":9},"password_hash":"x"} \
      | {"id":"7","name":"Ada","email":"a@b.c"} 0 | declared fields only, in declared order
      {"id":"7","profile":{"displayName":"Ada"}}                 | {"id":"7","name":"Ada"} 0  | optional, missing
      {"id":"7","profile":{"displayName":"Ada"},"mail":null}     | {"id":"7","name":"Ada"} 0  | optional, null
      {"id":"7","profile":{"displayName":"Ada"},"mail":""}       | {"id":"7","name":"Ada"} 0  | optional, empty
      {"id":7,"profile":{"displayName":"Ada"}}                   | {"id":"7","name":"Ada"} 0  | integer ID
      {"id":0,"profile":{"displayName":"Ada"}}                   | {"id":"0","name":"Ada"} 0  | zero
      {"id":123456789012345678,"profile":{"displayName":"Ada"}}  | {"id":"123456789012345678","name":"Ada"} 0 | the longest
      {"id":"7","profile":{"displayName":"A\\u200Bda\\n"},"mail":"\\uFEFFx"} \
      | {"id":"7","name":"Ada ","email":"x"} 3 | all of it cleaned
      """)
    void copiesTheReleasedFieldsOnly(String record, String copied, String reason) {
        assertEquals(copied, copy(USER, record), reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      {"profile":{"displayName":"Ada"}}                         | ID missing
      {"id":null,"profile":{"displayName":"Ada"}}               | ID null
      {"id":7.5,"profile":{"displayName":"Ada"}}                | ID with a fraction
      {"id":"","profile":{"displayName":"Ada"}}                 | ID empty
      {"id":"7a","profile":{"displayName":"Ada"}}               | ID of another format
      {"id":-7,"profile":{"displayName":"Ada"}}                 | ID negative
      {"id":1234567890123456789,"profile":{"displayName":"A"}}  | ID too long
      {"id":"7","profile":{"displayName":""}}                   | name empty
      {"id":true,"profile":{"displayName":"Ada"}}               | ID boolean
      {"id":{"a":1},"profile":{"displayName":"Ada"}}            | ID object
      {"id":["7"],"profile":{"displayName":"Ada"}}              | ID array
      {"id":"7"}                                                | name missing
      {"id":"7","displayName":"Ada"}                            | name elsewhere
      {"id":"7","profile":"Ada"}                                | the way to the name is a string
      {"id":"7","profile":{"displayName":null}}                 | name null
      {"id":"7","profile":{"displayName":7}}                    | name number
      {"id":"7","profile":{"displayName":["Ada"]}}              | name array
      {"id":"7","profile":{"displayName":"Ada"},"mail":7}       | optional field number
      {"id":"7","profile":{"displayName":"Ada"},"mail":false}   | optional field boolean
      {"id":"7","profile":{"displayName":"Ada"},"mail":{}}      | optional field object
      []                                                        | array for a record
      "Ada"                                                     | string for a record
      null                                                      | null for a record
      """)
    void refusesARecordOfAnotherShape(String record, String reason) {
        refuses(USER, record, reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      {"users":[]}            | {"users":[]} 0               | empty page
      {"users":[],"total":0}  | {"users":[],"total":0} 0     | count of zero
      {"users":[{"id":1,"profile":{"displayName":"A\\u0007"},"ssn":"1"},{"id":"2","profile":{"displayName":"B\\t"}}],\
      "total":5000000000,"next":"x"} \
      | {"users":[{"id":"1","name":"A"},{"id":"2","name":"B "}],"total":5000000000} 2 | as many as may be
      """)
    void copiesRecordsInTheirOrder(String page, String copied, String reason) {
        assertEquals(copied, copy(PAGE, page), reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      {}                                                              | no list
      {"users":null}                                                  | null
      {"users":{"id":"1","profile":{"displayName":"A"}}}              | object for a list
      {"users":"none"}                                                | string for a list
      {"users":[{"id":"1","profile":{"displayName":"A"}},{"id":"2"}]} | one bad item
      {"users":[null]}                                                | item null
      {"users":[[]]}                                                  | item array
      {"users":[],"total":"5"}                                        | count as a string
      {"users":[],"total":5.5}                                        | count with a fraction
      {"users":[],"total":12345678901234567890}                       | count beyond a long
      """)
    void refusesAPageOfAnotherShape(String page, String reason) {
        refuses(PAGE, page, reason);
    }

    @Test
    void refusesAnIdThatWouldBeCut() {
        OutputSchema schema =
                new OutputSchema(List.of(new OutputField.Identifier("id", "The ID.", source("/id"), IdFormat.EMAIL)));
        assertEquals("{\"id\":\"" + LONGEST_ID + "\"} 0", copy(schema, "{\"id\":\"" + LONGEST_ID + "\"}"));
        refuses(schema, "{\"id\":\"" + LONGEST_ID + "c\"}", "a character more");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      {"s":true}     | {"s":"active"} 0   | a boolean with a word
      {"s":1}        | {"s":"one"} 0      | a number with a word
      {"s":1.50}     | {"s":"half"} 0     | a fraction with a word
      {"s":"LOCKED"} | {"s":"locked"} 0   | a string with a word
      {"s":"quoted"} | {"s":"by JSON"} 0  | a string with a word by its JSON text
      {"s":"other"}  | {"s":"other"} 0    | a string without a word
      {"s":"true"}   | {"s":"active"} 0   | a string like a boolean
      {"s":""}       | {} 0               | empty
      {"s":null}     | {} 0               | null
      {}             | {} 0               | missing
      """)
    void saysAWordForAValue(String record, String copied, String reason) {
        assertEquals(copied, copy(STATUS, record), reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      {"s":false}  | boolean
      {"s":2}      | number
      {"s":1.5}    | number
      {"s":{}}     | object or array
      {"s":[true]} | object or array
      """)
    void refusesAValueWithoutAWord(String record, String type) {
        CallFailure failure = assertThrows(CallFailure.class, () -> copy(STATUS, record));
        assertEquals("the field s is of type " + type, failure.getMessage());
        assertEquals(ErrorCode.UPSTREAM_CONTRACT, failure.code());
    }

    @Test
    void refusesMoreRecordsThanItPublishes() {
        String user = "{\"id\":\"1\",\"profile\":{\"displayName\":\"A\"}}";
        refuses(PAGE, "{\"users\":[" + String.join(",", user, user, user) + "]}", "three where two are the bound");
    }

    @ParameterizedTest(name = "{2}")
    @MethodSource
    void knowsTheMostBytesThatAFieldAddsToAResult(OutputField field, JsonNode value, String reason) {
        OutputSchema empty = new OutputSchema(List.of());
        OutputSchema schema = new OutputSchema(List.of(field));
        long bytes = resultBytes(schema, Json.object().set(field.name(), value)) - resultBytes(empty, Json.object());
        long most = schema.maxBytes() - empty.maxBytes();
        assertEquals(field.maxBytes(), most);
        assertTrue(bytes <= most, bytes + " bytes are more than " + most);
        assertTrue(
                value.isNumber() || most <= bytes + 128 * (1 + 2 * value.size()), most + " is far more than " + bytes);
    }

    static Stream<Arguments> knowsTheMostBytesThatAFieldAddsToAResult() {
        JsonNode emoji = TextNode.valueOf("😀".repeat(TextCleaner.MAX_CODE_POINTS));
        OutputSchema item = new OutputSchema(List.of(new OutputField.Text("a", "A.", source("/a"), true)));
        ArrayNode records = Json.object().putArray("records");
        IntStream.range(0, 3).forEach(i -> records.addObject().set("a", emoji));
        return Stream.of(
                Arguments.of(new OutputField.Text("text", "T.", source("/text"), true), emoji, "a text"),
                Arguments.of(
                        new OutputField.Identifier("id", "I.", source("/id"), IdFormat.EMAIL),
                        TextNode.valueOf(LONGEST_ID),
                        "an identifier"),
                Arguments.of(new OutputField.Word("word", "W.", source("/word"), Map.of()), emoji, "a word"),
                Arguments.of(new OutputField.Count("count", "C.", true), LongNode.valueOf(Long.MAX_VALUE), "a number"),
                Arguments.of(new OutputField.Records("records", "R.", item, 3), records, "as many records as may be"),
                Arguments.of(
                        new OutputField.Records("records", "R.", new OutputSchema(List.of()), 3),
                        records,
                        "records of nothing"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"😀", "\"", "\\", "\u4E00", "é", "/", "\u007F", "\uE000"})
    void knowsTheMostBytesOfAResultWhateverTheTextIs(String unit) {
        String text = unit.repeat(TextCleaner.MAX_CODE_POINTS);
        ObjectNode record = Json.object().put("id", "7").put("mail", text);
        record.putObject("profile").put("displayName", text);
        assertTrue(resultBytes(USER, record) <= USER.maxBytes());
    }

    /** Returns the bytes of a tool result: its data as JSON, and as that JSON within a text. */
    private static long resultBytes(OutputSchema schema, JsonNode record) {
        ObjectNode content = Json.object();
        schema.copy(record, content, new TextCleaner(new Redactor()));
        ObjectNode result = Json.object();
        result.putArray("content").addObject().put("type", "text").put("text", Json.text(content));
        result.set("structuredContent", content);
        return Json.text(result.put("isError", false)).getBytes(StandardCharsets.UTF_8).length;
    }

    @Test
    void publishesWhatItCopies() {
        String user = """
        {"type":"object","properties":{\
        "id":{"type":"string","description":"The ID.","maxLength":256},\
        "name":{"type":"string","description":"The name.","maxLength":256},\
        "email":{"type":"string","description":"The address.","maxLength":256}},\
        "required":["id","name"],"additionalProperties":false}""";
        assertEquals(user, Json.text(USER.publish()));
        assertEquals("""
        {"type":"object","properties":{\
        "users":{"type":"array","description":"The users.","maxItems":2,"items":%s},\
        "total":{"type":"integer","description":"How many.","minimum":0}},\
        "required":["users"],"additionalProperties":false}""".formatted(user), Json.text(PAGE.publish()));
    }
}
