package dev.userservice.audit;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.io.JsonEOFException;
import dev.userservice.model.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a kill can have left of a line: the beginning of a JSON object whose first members are a line's, as far as they
 * go.
 *
 * @param number the line's number, counted over all files
 */
record TornLine(String place, long number, String text) {

    /** First the line that the fewest sessions can have left; of several, the earliest. */
    static final Comparator<TornLine> MOST_SHOWN_FIRST = Comparator.comparing(
                    (TornLine line) -> line.fromSession().length())
            .reversed()
            .thenComparing(TornLine::number);

    private static final Pattern BEGINNING = Pattern.compile("\\{\"timestamp\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:"
            + "\\d\\d\\.\\d{3}Z\",\"event\":\"(?:session_start|tool_call|session_end)\","
            + "\"session\":\"" + AuditLine.UUID + "\",\"sequence\":[1-9]\\d{0,18},");

    /** The lookbehind has a long run read once, not once from each of its characters. */
    private static final Pattern GOES_ON = Pattern.compile("(?:,|(?<![\\w+.-]))[\\w+.-]*+\\z");

    private static final String SESSION = "\"session\":\"";
    private static final int ID_CHARACTERS = 36;
    private static final String PREVIOUS = ",\"previous\":\"";

    /** Reads a line that is not whole; returns nothing where no kill can have left it. */
    static Optional<TornLine> of(String place, long number, byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        Matcher beginning = BEGINNING.matcher(text);
        boolean begins = beginning.lookingAt() || beginning.hitEnd(); // hitEnd: with more text it could
        boolean ascii = text.chars().allMatch(c -> c < 0x80); // the log escapes everything else
        boolean torn = begins && ascii && openLevels(text) > 0;
        return torn ? Optional.of(new TornLine(place, number, text)) : Optional.empty();
    }

    /** Returns whether this is of a session's first line. */
    boolean isOfAStart() {
        return text.startsWith("\"event\":\"session_s", text.indexOf(',') + 1);
    }

    /** Returns the id of the line's session, unless it is cut. */
    Optional<String> session() {
        String id = fromSession().substring(Math.min(fromSession().length(), SESSION.length()));
        return id.length() < ID_CHARACTERS ? Optional.empty() : Optional.of(id.substring(0, ID_CHARACTERS));
    }

    /** Returns whether session and sequence, as far as they can be read, are these. */
    boolean isOf(String session, long sequence) {
        String expected = SESSION + session + "\",\"sequence\":" + sequence + ",";
        return expected.startsWith(fromSession()) || fromSession().startsWith(expected);
    }

    /** Returns whether the last two members, as far as they can be read, are those of the line after another. */
    boolean follows(String previous, AuditChain chain) {
        int at = text.lastIndexOf(PREVIOUS);
        if (at < 0 || openLevels(text.substring(0, at)) != 1) { // a caller's argument may have such a member
            return true;
        }
        String line = text.substring(0, at) + PREVIOUS + previous + "\"}";
        return AuditChain.withHash(line, chain.hash(line.getBytes(StandardCharsets.US_ASCII)))
                .startsWith(text);
    }

    /**
     * Returns how many objects and arrays are open at the end of a text that begins a JSON text; 0 where it is a whole
     * one or begins none. An end that may still become anything is not looked at: of a number, of a word, after a
     * comma.
     */
    static int openLevels(String text) {
        String sure = GOES_ON.matcher(text).replaceFirst("");
        try (JsonParser json = Json.parser(sure)) {
            while (json.nextToken() != null) {}
            return 0;
        } catch (JsonEOFException e) {
            return e.getProcessor().getParsingContext().getNestingDepth();
        } catch (IOException e) {
            return 0;
        }
    }

    private String fromSession() {
        int at = text.indexOf(SESSION); // the first: no text of a caller's stands before it
        return at < 0 ? "" : text.substring(at);
    }
}
