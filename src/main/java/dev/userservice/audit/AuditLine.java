package dev.userservice.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.userservice.model.Json;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A line of a log as it was found: what the chain needs of it, and the bytes its hash is taken over.
 *
 * @param hashed the line's bytes without its last member
 * @param hash its last member
 */
record AuditLine(JsonNode members, byte[] hashed, String hash) {

    private static final String LAST_MEMBER = ",\"hash\":\"";
    private static final int LAST_MEMBER_BYTES = LAST_MEMBER.length() + 64 + "\"}".length();
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final String BEGINNING = "{\"timestamp\":\"";

    /** Returns the line, or nothing where the bytes are none. */
    static Optional<AuditLine> of(byte[] bytes) {
        int start = bytes.length - LAST_MEMBER_BYTES;
        if (start < 0) {
            return Optional.empty();
        }
        String last = new String(bytes, start, LAST_MEMBER_BYTES, StandardCharsets.ISO_8859_1);
        String hash = last.substring(LAST_MEMBER.length(), last.length() - 2);
        if (!last.startsWith(LAST_MEMBER)
                || !last.endsWith("\"}")
                || !HEX.matcher(hash).matches()) {
            return Optional.empty();
        }
        byte[] hashed = Arrays.copyOf(bytes, start + 1);
        hashed[start] = '}';
        return parse(bytes).filter(AuditLine::isChained).map(members -> new AuditLine(members, hashed, hash));
    }

    private static Optional<JsonNode> parse(byte[] bytes) {
        try {
            return Optional.of(Json.parse(new String(bytes, StandardCharsets.UTF_8)));
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

    /** Returns whether the bytes can be what a killed process left of a line: its beginning, and not its end. */
    static boolean isTorn(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        boolean begins = text.startsWith(BEGINNING) || BEGINNING.startsWith(text) && !text.isEmpty();
        return begins
                && !text.endsWith("}")
                && text.chars().allMatch(c -> c >= ' '); // a line is ASCII without controls
    }

    String event() {
        return members.path("event").textValue();
    }

    String session() {
        return members.path("session").textValue();
    }

    long sequence() {
        return members.path("sequence").longValue();
    }

    String previous() {
        return members.path("previous").textValue();
    }

    String text(String member) {
        return members.path(member).asText();
    }
}
