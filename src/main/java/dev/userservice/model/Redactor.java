package dev.userservice.model;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Replaces the service account's token, and the secret with which it is got, by {@code [redacted]} wherever it stands
 * in a text. Safe for use by many threads: they read one table, which {@link #know} replaces as a whole.
 *
 * <p>The current one of each and the seven before it are found plain; as JSON escapes them ({@code \"} and {@code \\});
 * in base64 of either alphabet at any alignment, as it is or form-urlencoded (as HTTP Basic sends it, RFC 6749, 2.3.1);
 * and percent-encoded, whichever characters an encoder leaves as they are, with hex digits in either case.
 *
 * <p>Not found: a part of a token, a token in another case or with something in between, any other encoding (hex, HTML,
 * Unicode escapes), and mixtures, such as base64 percent-encoded.
 */
public final class Redactor {

    private static final int MAX_OF_A_KIND = 8;
    private static final String ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final String BASE64 = ALPHANUMERIC + "+/-_";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /** What form-urlencoding leaves as it is, of a text without spaces. */
    private static final String FORM = ALPHANUMERIC + "-._*";

    private final List<Secret> tokens = new ArrayList<>();

    /** Kept apart: tokens that change every few minutes would push out what they are got with. */
    private final List<Secret> clientSecrets = new ArrayList<>();

    /** The forms by their first character, so that most places in a text are passed by one look here. */
    private volatile Form[][] known = new Form[128][0];

    /** How a form stands in a text. */
    private enum Kind {
        EXACT,
        /** Base64 goes on with a character or padding that is partly the token's own. */
        SHARED,
        /** Each character as it is or percent-encoded, so plain as well. */
        PERCENT
    }

    private record Form(String text, Kind kind) {}

    /** Makes {@code token} the current one; the seven that were current before stay known, older ones are forgotten. */
    public synchronized void know(Secret token) {
        know(token, tokens);
    }

    /** Makes {@code secret} the client's current one, under the same rule. */
    public synchronized void knowClientSecret(Secret secret) {
        know(secret, clientSecrets);
    }

    private void know(Secret current, List<Secret> kind) {
        kind.remove(current);
        kind.add(0, current);
        if (kind.size() > MAX_OF_A_KIND) {
            kind.remove(MAX_OF_A_KIND);
        }
        Map<String, Kind> forms = new HashMap<>(); // most tokens are the same in several forms
        Stream.concat(tokens.stream(), clientSecrets.stream()).forEach(each -> addForms(each.reveal(), forms));
        known = byFirstCharacter(forms);
    }

    /** Returns {@code text} without the token; the same instance where there is nothing to replace. */
    public String redact(String text) {
        Form[][] forms = known;
        StringBuilder clean = new StringBuilder(0);
        int copied = 0;
        for (int at = 0; at < text.length(); at++) {
            int end = at;
            for (Form form : forms[text.charAt(at) % forms.length]) {
                end = Math.max(end, end(form, text, at)); // the furthest, so that nothing is left of a longer form
            }
            if (end > at) {
                clean.append(text, copied, at).append("[redacted]");
                copied = end;
                at = end - 1;
            }
        }
        return copied == 0 ? text : clean.append(text, copied, text.length()).toString();
    }

    /** Returns where {@code form} ends in {@code text} if it begins at {@code start}, or else -1. */
    private static int end(Form form, String text, int start) {
        return switch (form.kind()) {
            case EXACT -> exactEnd(form.text(), text, start);
            case SHARED -> sharedEnd(exactEnd(form.text(), text, start), text);
            case PERCENT -> Math.max(exactEnd(form.text(), text, start), percentEnd(form.text(), text, start));
        };
    }

    private static int exactEnd(String form, String text, int start) {
        return text.startsWith(form, start) ? start + form.length() : -1;
    }

    private static int sharedEnd(int end, String text) {
        if (end < 0) {
            return end;
        }
        int last = end < text.length() && BASE64.indexOf(text.charAt(end)) >= 0 ? end + 1 : end;
        return last + (text.startsWith("==", last) ? 2 : text.startsWith("=", last) ? 1 : 0);
    }

    /** RFC 3986, 2.1; encoders differ in which characters they leave, and in the case of the digits. */
    private static int percentEnd(String token, String text, int start) {
        int at = start;
        for (int i = 0; i < token.length() && at >= 0; i++) {
            char next = at < text.length() ? text.charAt(at) : '\0';
            String encoded = next == '%' ? percentEncode(token.substring(i, i + 1), "") : "";
            if (next == '%' && text.regionMatches(true, at, encoded, 0, encoded.length())) {
                at += encoded.length();
            } else {
                at = next == token.charAt(i) ? at + 1 : -1;
            }
        }
        return at;
    }

    private static void addForms(String token, Map<String, Kind> forms) {
        forms.put(token, Kind.PERCENT);
        forms.putIfAbsent(token.replace("\\", "\\\\").replace("\"", "\\\""), Kind.EXACT);
        addBase64(token, forms);
        addBase64(percentEncode(token, FORM), forms);
    }

    private static void addBase64(String token, Map<String, Kind> forms) {
        for (int before = 0; before < 3; before++) { // unknown bytes in the token's first group of three
            byte[] bytes = ("\0".repeat(before) + token).getBytes(StandardCharsets.UTF_8);
            String text = Base64.getEncoder().withoutPadding().encodeToString(bytes);
            boolean shared = bytes.length % 3 != 0;
            // Left out are the characters that hold bits of what stands before, and the one that may of what follows.
            String form = text.substring(before == 0 ? 0 : before + 1, text.length() - (shared ? 1 : 0));
            Kind kind = shared ? Kind.SHARED : Kind.EXACT;
            forms.put(form, kind);
            forms.put(form.replace('+', '-').replace('/', '_'), kind);
        }
    }

    private static String percentEncode(String token, String unencoded) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : token.getBytes(StandardCharsets.UTF_8)) {
            if (unencoded.indexOf(b) >= 0) {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HEX.toHexDigits(b));
            }
        }
        return encoded.toString();
    }

    private static Form[][] byFirstCharacter(Map<String, Kind> forms) {
        Form[][] table = new Form[128][0];
        forms.forEach((text, kind) -> {
            Form form = new Form(text, kind);
            add(table, text.charAt(0), form);
            if (kind == Kind.PERCENT) {
                add(table, '%', form);
            }
        });
        return table;
    }

    private static void add(Form[][] table, char first, Form form) {
        int place = first % table.length;
        table[place] = Arrays.copyOf(table[place], table[place].length + 1);
        table[place][table[place].length - 1] = form;
    }
}
