package dev.userservice.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Json;
import dev.userservice.model.Outcome;
import dev.userservice.model.Redactor;
import dev.userservice.sanitize.OutputField;
import dev.userservice.sanitize.OutputSchema;
import dev.userservice.sanitize.TextCleaner;
import dev.userservice.tools.Tool;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The results of calls as they are on the wire, member for member. */
final class CallsTest {

    @Test
    void saysASuccessTwice() {
        assertEquals(
                "{\"content\":[{\"type\":\"text\",\"text\":\"{\\\"id\\\":\\\"7\\\"}\"}],\"structuredContent\":{\"id\":\"7\"},"
                        + "\"isError\":false}",
                Json.text(Calls.result(new Outcome.Success(Json.object().put("id", "7"), 1, 0))));
    }

    @Test
    void saysWhatCanBeKnownOfAFailure() {
        Outcome failure =
                new Outcome.Failure(ErrorCode.RATE_LIMITED, "Wait.", OptionalLong.of(3), Optional.of("6f0c-1"));
        assertEquals(
                "{\"content\":[{\"type\":\"text\",\"text\":\"Wait.\"}],\"isError\":true,\"_meta\":{\"dev.userservice/error\":{"
                        + "\"code\":\"rate_limited\",\"retryable\":true,\"retry_after_seconds\":3,\"reference\":\"6f0c-1\"}}}",
                Json.text(Calls.result(failure)));
    }

    @Test
    void saysNothingThatIsNotKnownOfAFailure() {
        Outcome failure = new Outcome.Failure(ErrorCode.INVALID_INPUT, "No.", OptionalLong.empty(), Optional.empty());
        assertEquals(
                "{\"content\":[{\"type\":\"text\",\"text\":\"No.\"}],\"isError\":true,\"_meta\":{\"dev.userservice/error\":{"
                        + "\"code\":\"invalid_input\",\"retryable\":false}}}",
                Json.text(Calls.result(failure)));
    }

    static Stream<Arguments> longest() {
        return Stream.of("\"", "\\", "x", "\u00e9", "\u4e2d", "\ud83d\ude00")
                .flatMap(character -> Edge.catalogue().stream().map(tool -> Arguments.of(tool, character)));
    }

    @ParameterizedTest
    @MethodSource("longest")
    void hasNoMoreBytesThanItsToolReserves(Tool tool, String character) {
        ServerCard card = new ServerCard("s", "S", "1", "Read.", JsonNodeFactory.instance.arrayNode());
        ObjectNode content = Json.object();
        tool.output().copy(longest(tool.output(), character), content, new TextCleaner(new Redactor()));
        ObjectNode result = card.complete(Calls.result(new Outcome.Success(content, 1, 0)));
        int bytes = Outbound.answer(Optional.of(""), "result", result, new Redactor())
                .bytes();
        assertTrue(bytes <= tool.maxAnswerBytes(), bytes + " of " + tool.maxAnswerBytes());
    }

    private static ObjectNode longest(OutputSchema schema, String character) {
        ObjectNode record = Json.object();
        for (OutputField field : schema.fields()) {
            if (field instanceof OutputField.Records records) {
                for (int i = 0; i < records.maxItems(); i++) {
                    record.withArray("/" + field.name()).add(longest(records.items(), character));
                }
            } else if (field instanceof OutputField.Count) {
                record.put(field.name(), Long.MAX_VALUE);
            } else if (field instanceof OutputField.Identifier) {
                record.put(field.name(), "9".repeat(18));
            } else {
                record.put(field.name(), character.repeat(TextCleaner.MAX_CODE_POINTS + 1));
            }
        }
        return record;
    }
}
