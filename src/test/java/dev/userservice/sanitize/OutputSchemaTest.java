package dev.userservice.sanitize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Json;
import dev.userservice.model.Redactor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OutputSchemaTest {

  private static final OutputSchema USER =
      new OutputSchema(
          List.of(
              new OutputField.Identifier("id", "The ID.", JsonPointer.compile("/id"), true),
              new OutputField.Text("name", "The name.", JsonPointer.compile("/profile/displayName"), true),
              new OutputField.Text("email", "The address.", JsonPointer.compile("/mail"), false)));
  private static final OutputSchema PAGE =
      new OutputSchema(
          List.of(
              new OutputField.Records("users", "The users.", USER, 2),
              new OutputField.Count("total", "How many.", false)));

  private static String copy(OutputSchema schema, String record) throws JsonProcessingException {
    ObjectNode target = Json.object();
    int changes = schema.copy(Json.parse(record), target, new TextCleaner(new Redactor()));
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
      {"id":"7","profile":{"displayName":"Ada"},"mail":""}       | {"id":"7","name":"Ada","email":""} 0 | empty
      {"id":7,"profile":{"displayName":"Ada"}}                   | {"id":"7","name":"Ada"} 0  | integer ID
      {"id":0,"profile":{"displayName":"Ada"}}                   | {"id":"0","name":"Ada"} 0  | zero
      {"id":12345678901234567890,"profile":{"displayName":"Ada"}} | {"id":"12345678901234567890","name":"Ada"} 0 | \
      beyond a long
      {"id":"7\\u0000","profile":{"displayName":"A\\u200Bda\\n"},"mail":"\\uFEFFx"} \
      | {"id":"7","name":"Ada ","email":"x"} 4 | all of it cleaned
      """)
  void copiesTheReleasedFieldsOnly(String record, String copied, String reason) throws JsonProcessingException {
    assertEquals(copied, copy(USER, record), reason);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      {"profile":{"displayName":"Ada"}}                         | ID missing
      {"id":null,"profile":{"displayName":"Ada"}}               | ID null
      {"id":7.5,"profile":{"displayName":"Ada"}}                | ID with a fraction
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
  void copiesRecordsInTheirOrder(String page, String copied, String reason) throws JsonProcessingException {
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
  void refusesMoreRecordsThanItPublishes() {
    String user = "{\"id\":\"1\",\"profile\":{\"displayName\":\"A\"}}";
    refuses(PAGE, "{\"users\":[" + String.join(",", user, user, user) + "]}", "three where two are the bound");
  }

  @Test
  void publishesWhatItCopies() {
    String user =
        """
        {"type":"object","properties":{\
        "id":{"type":"string","description":"The ID.","maxLength":256},\
        "name":{"type":"string","description":"The name.","maxLength":256},\
        "email":{"type":"string","description":"The address.","maxLength":256}},\
        "required":["id","name"],"additionalProperties":false}""";
    assertEquals(user, Json.text(USER.publish()));
    assertEquals(
        """
        {"type":"object","properties":{\
        "users":{"type":"array","description":"The users.","maxItems":2,"items":%s},\
        "total":{"type":"integer","description":"How many.","minimum":0}},\
        "required":["users"],"additionalProperties":false}"""
            .formatted(user),
        Json.text(PAGE.publish()));
  }
}
