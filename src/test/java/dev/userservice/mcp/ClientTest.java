package dev.userservice.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A client is called what it says of itself. */
final class ClientTest {

    @ParameterizedTest(name = "{2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"name\":\"c\",\"version\":\"1\"} | c/1 | both",
                "{\"name\":\"c\"}                   | c   | no version",
                "{\"name\":\"c\",\"version\":\"\"}  | c   | an empty version",
                "{\"name\":\"c\",\"version\":1}     | c   | a version that is no string",
                "{\"version\":\"1\"}                |     | no name",
                "{\"name\":\"\",\"version\":\"1\"}  |     | an empty name",
                "{\"name\":7,\"version\":\"1\"}     |     | a name that is no string",
                "[]                                 |     | no object"
            })
    void isNameAndVersion(String implementation, String name, String reason) {
        assertEquals(Optional.ofNullable(name), Client.name(Edge.parsed(implementation)), reason);
    }
}
