package dev.userservice;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Hides a token in a text and finds it again: plain, percent-encoded, or in base64 at any alignment, under any JSON
 * escapes. It decodes whatever can be decoded, and knows nothing of how the program redacts.
 */
final class TokenHunt {

    private static final Pattern JSON_ESCAPE = Pattern.compile("\\\\(?:u([0-9A-Fa-f]{4})|([\"\\\\/]))");
    private static final Pattern PERCENT = Pattern.compile("%([0-9A-Fa-f]{2})");
    private static final Pattern BASE64_RUN = Pattern.compile("[A-Za-z0-9+/_-]{16,}");
    private static final int JSON_LAYERS = 3;

    private TokenHunt() {}

    /** Returns every form of {@code token} that must not be seen. */
    static List<String> forms(String token) {
        Stream<String> percent = Stream.of("%%%02x", "%%%02X")
                .flatMap(format -> Stream.of("[^A-Za-z0-9._~-]", ".").map(encoded -> percent(token, format, encoded)));
        Stream<String> base64 = Stream.of("", "x", "u:")
                .flatMap(before -> Stream.of("", "yz")
                        .flatMap(after -> Stream.of(
                                        Base64.getEncoder(),
                                        Base64.getUrlEncoder(),
                                        Base64.getEncoder().withoutPadding())
                                .map(encoder -> encoder.encodeToString(
                                        (before + token + after).getBytes(StandardCharsets.UTF_8)))));
        return Stream.of(Stream.of(token), percent, base64)
                .flatMap(forms -> forms)
                .distinct()
                .toList();
    }

    private static String percent(String token, String format, String encoded) {
        return Pattern.compile(encoded)
                .matcher(token)
                .replaceAll(c -> literal(format.formatted((int) c.group().charAt(0))));
    }

    /** Returns whether {@code text} holds {@code token} in any form. */
    static boolean finds(String token, String text) {
        String view = text;
        for (int layer = 0; layer <= JSON_LAYERS; layer++) {
            String decoded =
                    PERCENT.matcher(view).replaceAll(hex -> literal((char) Integer.parseInt(hex.group(1), 16)));
            if (view.contains(token) || decoded.contains(token) || inBase64(token, view) || inBase64(token, decoded)) {
                return true;
            }
            view = JSON_ESCAPE
                    .matcher(view)
                    .replaceAll(escape -> literal(
                            escape.group(1) != null
                                    ? (char) Integer.parseInt(escape.group(1), 16)
                                    : escape.group(2).charAt(0)));
        }
        return false;
    }

    private static String literal(Object text) {
        return Matcher.quoteReplacement(text.toString());
    }

    private static boolean inBase64(String token, String text) {
        return BASE64_RUN
                .matcher(text)
                .results()
                .map(run -> run.group().replace('+', '-').replace('/', '_'))
                .anyMatch(run -> IntStream.range(0, 4)
                        .anyMatch(from -> decode(run.substring(from)).contains(token)));
    }

    private static String decode(String run) {
        String whole = run.length() % 4 == 1 ? run.substring(0, run.length() - 1) : run;
        return new String(Base64.getUrlDecoder().decode(whole), StandardCharsets.ISO_8859_1);
    }
}
