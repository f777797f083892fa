package dev.userservice.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.userservice.InProcess;
import dev.userservice.RawApi;
import dev.userservice.Run;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The record of an answer that wraps it, over real HTTP. */
@Timeout(60)
final class GetUserTest {

    private static final String CONTRACT = "Error: Unable to retrieve user; trying again does not help.";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"data\":{\"id\":7,\"name\":\"Ada\"}} | ``             | the record",
                "{}                                     | User not found | nothing stands there",
                "{\"id\":7,\"name\":\"Ada\"}            | User not found | it stands elsewhere",
                "{\"data\":null}                        | User not found | null stands there",
                "{\"data\":{\"id\":8,\"name\":\"Ada\"}} | " + CONTRACT + " | the record of another user",
                "{\"data\":{}}                          | " + CONTRACT + " | a record without an id",
                "{\"data\":[]}                          | " + CONTRACT + " | no record",
                "{\"data\":\"x\"}                       | " + CONTRACT + " | a text",
                "{\"data\":\"\"}                        | " + CONTRACT + " | an empty text",
                "{\"data\":0.5}                         | " + CONTRACT + " | a number",
                "{\"data\":false}                       | " + CONTRACT + " | a truth value",
            })
    void tellsARecordThatIsNotThereFromWhatIsNone(String answer, String told, String reason) throws Exception {
        try (RawApi api = RawApi.always(RawApi.ok(answer))) {
            Run run = new InProcess(folder)
                    .with("INTERNAL_API_URL", api.url())
                    .with("INTERNAL_API_TOKEN", "token-0123456789abcdef")
                    .with("INTERNAL_API_RECORD_POINTER", "/data")
                    .run("call", "get_user", "user_id=7");
            assertEquals(told, run.err().replaceFirst("(?s) Reference.*|\\R", ""), reason);
            assertEquals(told.isEmpty() ? 0 : 1, run.status(), reason);
        }
    }
}
