package dev.userservice.call;

import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds where the next answer is in {@code Link} headers (RFC 8288). */
final class LinkHeader {

    /**
     * RFC 8288, 3: a target between angle brackets, and parameters; a list may have empty elements (RFC 9110, 5.6.1).
     */
    private static final Pattern LINK = Pattern.compile(
            "[\\s,]*+<([^>]*+)>((?:\\s*+;[^\"<>,;]*+(?:\"(?:[^\"\\\\]|\\\\.)*+\"\\s*+)?)*+)\\s*+(?:,|$)");

    private static final Pattern PARAMETER =
            Pattern.compile("\\s*+([^\\s=;]++)\\s*+(?:=\\s*+(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|([^\\s;]*+)))?+\\s*+");

    private static final Pattern REST = Pattern.compile("[\\s,]*+");

    private LinkHeader() {}

    /**
     * Returns the target of the first link whose relation is {@code next}.
     *
     * @param lines each header line's value
     * @throws CallFailure with {@link ErrorCode#UPSTREAM_CONTRACT} where a line cannot be read before one is found
     */
    static Optional<String> next(List<String> lines) {
        return lines.stream().flatMap(line -> next(line).stream()).findFirst();
    }

    private static Optional<String> next(String line) {
        Matcher link = LINK.matcher(line);
        int end = 0;
        while (link.region(end, line.length()).lookingAt()) {
            if (isNext(link.group(2))) {
                return Optional.of(link.group(1));
            }
            end = link.end();
        }
        if (!REST.matcher(line.substring(end)).matches()) {
            throw CallFailure.contract("the Link header of the answer cannot be read");
        }
        return Optional.empty();
    }

    /**
     * RFC 8288, 3.3: the first rel counts, several relations in one, in any case; 3.2: an anchor is about another page.
     */
    private static boolean isNext(String parameters) {
        Optional<String> relations = Optional.empty();
        Matcher parameter = PARAMETER.matcher(parameters);
        while (parameter.find()) {
            String name = parameter.group(1).toLowerCase(Locale.ROOT);
            String quoted = Optional.ofNullable(parameter.group(2)).orElse("").replaceAll("\\\\(.)", "$1");
            String value = Optional.ofNullable(parameter.group(3)).orElse(quoted);
            if (name.equals("anchor")) {
                return false;
            }
            if (name.equals("rel")) {
                relations = relations.or(() -> Optional.of(value));
            }
        }
        return List.of(relations.orElse("").toLowerCase(Locale.ROOT).split("\\s+"))
                .contains("next");
    }
}
