package dev.userservice.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.userservice.app.CommandLine.UsageException;
import dev.userservice.model.Json;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ToolRunnerTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "get_user               | {\"name\":\"get_user\",\"arguments\":{}}                     | no arguments",
                "get_user user_id=7     | {\"name\":\"get_user\",\"arguments\":{\"user_id\":\"7\"}}    | a string",
                "t a=1 b=2              | {\"name\":\"t\",\"arguments\":{\"a\":\"1\",\"b\":\"2\"}}     | in their order",
                "t a=b=c                | {\"name\":\"t\",\"arguments\":{\"a\":\"b=c\"}}               | the first equals sign",
                "t a=                   | {\"name\":\"t\",\"arguments\":{\"a\":\"\"}}                  | an empty value",
                "t a={\"x\":1}          | {\"name\":\"t\",\"arguments\":{\"a\":\"{\\\"x\\\":1}\"}}     | no JSON",
                "t a=null               | {\"name\":\"t\",\"arguments\":{\"a\":\"null\"}}              | a word",
            })
    void makesParametersOfWords(String words, String params, String reason) throws UsageException {
        assertEquals(params, Json.text(ToolRunner.params(List.of(words.split(" ")))), reason);
    }

    @ParameterizedTest
    @CsvSource({
        "t a,       'unknown argument, not NAME=VALUE: a'",
        "t a=1 b,   'unknown argument, not NAME=VALUE: b'",
        "t =1,      'unknown argument, not NAME=VALUE: '",
        "t a=1 a=2, a is given twice",
    })
    void refusesOtherWords(String words, String sentence) {
        Exception refusal = assertThrows(UsageException.class, () -> ToolRunner.params(List.of(words.split(" "))));
        assertEquals(sentence, refusal.getMessage());
    }
}
