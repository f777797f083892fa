package dev.userservice.call;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A path, or path and query, with one placeholder. The value that takes its place is percent-encoded as one path
 * segment or query value (RFC 3986, 2.1), so it can name neither another path nor another parameter.
 */
public final class PathTemplate {

    private static final Pattern ALLOWED = Pattern.compile("(?:[A-Za-z0-9\\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*");
    private static final Pattern DOT_SEGMENT = Pattern.compile("(?:.*/)?(?:\\.|%2[Ee]){1,2}(?:/.*)?");

    private final String before;
    private final String after;

    private PathTemplate(String before, String after) {
        this.before = before;
        this.after = after;
    }

    /**
     * Reads {@code /users/{user_id}}.
     *
     * @param name the placeholder's name, without braces
     * @throws IllegalArgumentException with a sentence that says what is allowed
     */
    public static PathTemplate parse(String text, String name) {
        String placeholder = "{" + name + "}";
        require(text.startsWith("/") && !text.startsWith("//"), "must begin with one slash");
        require(text.contains(placeholder), "must hold the placeholder " + placeholder);
        int at = text.indexOf(placeholder);
        PathTemplate template = new PathTemplate(text.substring(0, at), text.substring(at + placeholder.length()));
        String rest = template.before + template.after;
        require(!rest.contains("{") && !rest.contains("}"), "must hold no placeholder but " + placeholder + ", once");
        require(
                ALLOWED.matcher(rest).matches(),
                "must be a path, or a path and a query, percent-encoded (brackets as %5B and %5D)");
        require(rest.indexOf('?') == rest.lastIndexOf('?'), "must hold one question mark at most");
        require(!DOT_SEGMENT.matcher(rest.split("\\?", 2)[0]).matches(), "must hold no segment . or ..");
        return template;
    }

    /** Returns the path, or path and query, with {@code value} in the placeholder's place. */
    public String expand(String value) {
        return before + encode(value) + after;
    }

    /** Returns whether the template ends in a query already. */
    boolean hasQuery() {
        return (before + after).contains("?");
    }

    /** Returns whether the query has a parameter of this name already. */
    public boolean hasParameter(String name) {
        String query = (before + after).replaceFirst("^[^?]*\\??", "");
        return Stream.of(query.split("&"))
                .map(parameter -> URLDecoder.decode(parameter.replaceFirst("=.*", ""), StandardCharsets.UTF_8))
                .anyMatch(name::equals);
    }

    /** Encodes as forms do, which is more than RFC 3986 asks for, but for the space and the tilde. */
    static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%7E", "~");
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence);
        }
    }
}
