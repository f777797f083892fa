package dev.userservice.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.userservice.model.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the server says of itself, as it is on the wire, member for member. */
final class ServerCardTest {

    private final ServerCard card = new ServerCard(
            "s", "S", "1", "Read.", JsonNodeFactory.instance.arrayNode().add("a tool"));

    @ParameterizedTest
    @CsvSource({
        "2024-11-05, 2024-11-05",
        "2025-03-26, 2025-03-26",
        "2025-06-18, 2025-06-18",
        "2025-11-25, 2025-11-25",
        "2026-07-28, 2025-11-25",
        "1999-01-01, 2025-11-25",
        "'', 2025-11-25"
    })
    void agreesOnAVersion(String asked, String agreed) {
        assertEquals(Edge.parsed(Edge.INITIALIZED.replace("2025-11-25", agreed)).get("result"), card.initialize(asked));
    }

    @Test
    void listsTheTools() {
        assertEquals("{\"tools\":[\"a tool\"]}", Json.text(card.toolList()));
    }
}
