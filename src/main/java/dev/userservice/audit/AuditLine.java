package dev.userservice.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.userservice.model.Json;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line found in a log: JSON with the members that the chain needs, and the bytes that its hash covers.
 *
 * @param number the line's number, counted over all files
 */
record AuditLine(long number, JsonNode members, byte[] hashed, String hash) {

    /** The form of a session's id. */
    static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private static final Pattern LINE = Pattern.compile("(?s)(.*),\"hash\":\"([0-9a-f]{64})\"\\}");

    /** Parses a line; returns nothing where the bytes are not one. */
    static Optional<AuditLine> of(long number, byte[] bytes) {
        Matcher line = LINE.matcher(new String(bytes, StandardCharsets.ISO_8859_1)); // a character for each byte
        if (!line.matches()) {
            return Optional.empty();
        }
        byte[] hashed = (line.group(1) + "}").getBytes(StandardCharsets.ISO_8859_1);
        return Json.parse(new String(bytes, StandardCharsets.UTF_8))
                .filter(AuditLine::isChained)
                .map(members -> new AuditLine(number, members, hashed, line.group(2)));
    }

    private static boolean isChained(JsonNode members) {
        return members.path("event").isTextual()
                && UUID.matcher(members.path("session").asText()).matches() // it is printed, and a forger may choose it
                && members.path("sequence").canConvertToLong()
                && members.path("previous").isTextual();
    }

    String session() {
        return text("session");
    }

    long sequence() {
        return members.path("sequence").longValue();
    }

    String text(String member) {
        return members.path(member).asText();
    }
}
