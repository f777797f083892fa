package dev.userservice.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.userservice.model.Json;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A line found in a log: JSON with the members that the chain needs, and the bytes that its hash covers. */
record AuditLine(JsonNode members, byte[] hashed, String hash) {

    private static final Pattern LINE = Pattern.compile("(?s)(.*),\"hash\":\"([0-9a-f]{64})\"\\}");
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final String BEGINNING = "{\"timestamp\":\"";

    /** Parses a line; returns nothing where the bytes are not one. */
    static Optional<AuditLine> of(byte[] bytes) {
        Matcher line = LINE.matcher(new String(bytes, StandardCharsets.ISO_8859_1)); // a character for each byte
        if (!line.matches()) {
            return Optional.empty();
        }
        byte[] hashed = (line.group(1) + "}").getBytes(StandardCharsets.ISO_8859_1);
        return parse(new String(bytes, StandardCharsets.UTF_8))
                .filter(AuditLine::isChained)
                .map(members -> new AuditLine(members, hashed, line.group(2)));
    }

    /** Parses a JSON text; returns nothing where it is not JSON. */
    static Optional<JsonNode> parse(String text) {
        try {
            return Optional.of(Json.parse(text));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static boolean isChained(JsonNode members) {
        return members.path("event").isTextual()
                && UUID.matcher(members.path("session").asText()).matches() // it is printed, and a forger may choose it
                && members.path("sequence").canConvertToLong()
                && members.path("previous").isTextual();
    }

    /** Returns whether the bytes can be what a killed process left of a line: its beginning without its end. */
    static boolean isTorn(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        boolean begins = text.startsWith(BEGINNING) || BEGINNING.startsWith(text) && !text.isEmpty();
        boolean printable = text.chars().allMatch(c -> c >= ' '); // JSON escapes control characters
        return begins && printable && !text.endsWith("}");
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
