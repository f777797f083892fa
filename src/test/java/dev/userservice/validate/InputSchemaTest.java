package dev.userservice.validate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.IdFormat;
import dev.userservice.model.Json;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class InputSchemaTest {

    private static final InputSchema USER =
            new InputSchema("get_user", List.of(new Parameter.Id("user_id", "user ID", "The ID.", IdFormat.DIGITS)));
    private static final Parameter DEPARTMENT = new Parameter.Choice(
            "department",
            "The department.",
            "This department cannot be listed here",
            List.of("engineering", "product", "sales", "operations"));
    private static final Parameter LIMIT = new Parameter.WholeNumber("limit", "How many.", 1, 100, 50);
    private static final Parameter OFFSET = new Parameter.WholeNumber("offset", "From where.", 0, 1_000_000, 0);
    private static final InputSchema LIST =
            new InputSchema("list_users_by_department", List.of(DEPARTMENT, LIMIT, OFFSET));

    private static ObjectNode object(String json) {
        return (ObjectNode) Json.parse(json).orElseThrow();
    }

    private static void refuses(InputSchema schema, String arguments, String text, String reason) {
        CallFailure failure = assertThrows(CallFailure.class, schema.check(object(arguments))::requireAccepted, reason);
        assertEquals(ErrorCode.INVALID_INPUT, failure.code());
        assertEquals(text, failure.getMessage(), reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      {}                          | Missing argument: user_id.                    | nothing
      {"user_id":null}            | Missing argument: user_id.                    | null is absent
      {"id":"1"}                  | Unexpected argument. get_user takes: user_id. | unexpected before missing
      {"user_id":"x","a":1}       | Unexpected argument. get_user takes: user_id. | unexpected before invalid
      {"user_id":"1","User_id":1} | Unexpected argument. get_user takes: user_id. | names are compared exactly
      {"user_id":"1","":0}        | Unexpected argument. get_user takes: user_id. | the empty name
      """)
    void tellsTheFirstProblemOfAUser(String arguments, String text, String reason) {
        refuses(USER, arguments, "Error: " + text, reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      {"limit":0,"x":1}                              | Unexpected argument. list_users_by_department takes: \
      department, limit, offset.                     | unexpected before all
      {"limit":0,"offset":-1}                        | Missing argument: department.    | missing before ranges
      {"department":"hr","limit":0,"offset":-1}      | This department cannot be listed here. Choose one of: \
      engineering, product, sales, operations.       | department before limit
      {"department":"sales","limit":0,"offset":-1}   | limit must be a whole number from 1 to 100. | limit first
      {"offset":-1,"limit":0,"department":"sales"}   | limit must be a whole number from 1 to 100. | declared order
      {"department":"sales","offset":1000001}        | offset must be a whole number from 0 to 1000000. | offset last
      """)
    void tellsTheFirstProblemOfADepartment(String arguments, String text, String reason) {
        refuses(LIST, arguments, "Error: " + text, reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      {"department":"sales"}                               | sales   | 50  | 0       | defaults
      {"department":"sales","limit":null,"offset":null}    | sales   | 50  | 0       | null is absent
      {"department":"product","limit":1,"offset":1000000}  | product | 1   | 1000000 | bounds
      {"offset":"7","limit":100.0,"department":"sales"}    | sales   | 100 | 7       | lossless spellings, any order
      {"department":"sales","x":null}                      | sales   | 50  | 0       | an undeclared null is absent
      """)
    void fillsInDefaultsInDeclaredOrder(String given, String department, int limit, int offset, String reason) {
        Arguments arguments = LIST.check(object(given)).requireAccepted();
        assertEquals(
                Json.text(Json.object()
                        .put("department", department)
                        .put("limit", limit)
                        .put("offset", offset)),
                Json.text(Json.object().setAll(arguments.values())),
                reason);
        assertEquals(department, arguments.text(DEPARTMENT));
        assertEquals(limit, arguments.number(LIMIT));
        assertEquals(offset, arguments.number(OFFSET));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      {"offset":"7","token":"abc","limit":50.0,"department":null} | {"limit":50,"offset":7}  | declared, canonical
      {"limit":[1],"department":7}                                | {"department":7,"limit":[1]} | as given
      {"password":"x"}                                            | {}                       | nothing declared
      {}                                                          | {}                       | nothing given
      {"department":"hr","limit":"007","offset":-1} | {"department":"hr","limit":7,"offset":-1} | refused, and canonical
      """)
    void recordsDeclaredArgumentsOnly(String given, String recorded, String reason) {
        assertEquals(recorded, Json.text(LIST.check(object(given)).recorded()), reason);
    }

    @Test
    void looksAtEachArgumentOnce() {
        List<JsonNode> looked = new ArrayList<>();
        JsonNode given = new TextNode("50") {
            @Override
            public String textValue() {
                looked.add(this);
                return super.textValue();
            }
        };
        Arguments checked = LIST.check(Json.object().put("department", "sales").set("limit", given));
        assertEquals("{\"department\":\"sales\",\"limit\":50}", Json.text(checked.recorded()));
        assertEquals(50, checked.requireAccepted().number(LIMIT));
        assertEquals(List.of(given), looked);
    }

    @Test
    void publishesWhatItChecks() {
        assertEquals("""
        {"type":"object","properties":{"user_id":{"type":"string","description":"The ID.",\
        "pattern":"^[0-9]{1,18}$"}},"required":["user_id"],"additionalProperties":false}""", Json.text(USER.publish()));
        assertEquals("""
        {"type":"object","properties":{\
        "department":{"type":"string","description":"The department.",\
        "enum":["engineering","product","sales","operations"]},\
        "limit":{"type":"integer","description":"How many.","minimum":1,"maximum":100,"default":50},\
        "offset":{"type":"integer","description":"From where.","minimum":0,"maximum":1000000,"default":0}},\
        "required":["department"],"additionalProperties":false}""", Json.text(LIST.publish()));
    }
}
