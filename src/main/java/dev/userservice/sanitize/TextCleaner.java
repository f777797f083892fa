package dev.userservice.sanitize;

import dev.userservice.model.Redactor;

/**
 * Makes a text safe to show to a model and to a person: no controls, no invisible or direction-changing characters, no
 * token, at most 256 code points. Names in any script stay as they are, joiners included. Cleaning twice changes
 * nothing more. Thread-safe.
 */
public final class TextCleaner {

    /** The longest text that leaves, in code points. */
    public static final int MAX_CODE_POINTS = 256;

    private static final int REPLACEMENT_CHARACTER = 0xFFFD;

    private final Redactor redactor;

    public TextCleaner(Redactor redactor) {
        this.redactor = redactor;
    }

    /** @param changes the number of characters removed or replaced; what was cut off at the end is not counted */
    public record Cleaned(String text, int changes) {}

    /**
     * Cleans {@code raw}, then redacts and then cuts it: a token is found even where what is removed stood within it,
     * and none is cut in two.
     */
    public Cleaned clean(String raw) {
        StringBuilder text = new StringBuilder(raw.length());
        int changes = 0;
        boolean afterSelector = false;
        for (int i = 0; i < raw.length(); i += Character.charCount(raw.codePointAt(i))) {
            int original = raw.codePointAt(i);
            boolean selector = isVariationSelector(original);
            if (isRemoved(original) || selector && afterSelector) {
                changes++;
                continue;
            }
            int safe = replace(original);
            changes += safe == original ? 0 : 1;
            text.appendCodePoint(safe);
            afterSelector = selector;
        }
        return new Cleaned(cut(redactor.redact(text.toString())), changes);
    }

    private static int replace(int c) {
        return switch (c) {
            case '\t', '\n', '\r', 0x2028, 0x2029 -> ' ';
            default -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? REPLACEMENT_CHARACTER : c;
        };
    }

    private static boolean isRemoved(int c) {
        return Character.isISOControl(c) && c != '\t' && c != '\n' && c != '\r'
                || c == 0x00AD // soft hyphen
                || c == 0x061C // Arabic letter mark
                || c == 0x180E // Mongolian vowel separator
                || c == 0x200B // zero width space; the joiners U+200C and U+200D stay, names need them
                || c == 0x200E
                || c == 0x200F // left-to-right and right-to-left mark
                || c >= 0x202A && c <= 0x202E // bidirectional embeddings and overrides
                || c >= 0x2060 && c <= 0x2064 // word joiner, invisible operators
                || c >= 0x2066 && c <= 0x206F // bidirectional isolates, deprecated format characters
                || c == 0xFEFF // byte order mark
                || c >= 0xFFF9 && c <= 0xFFFB // interlinear annotation
                || c >= 0xE0000 && c <= 0xE007F; // tag characters
    }

    /** Unicode's property Variation_Selector: one may follow a character, but a run of them can carry hidden text. */
    private static boolean isVariationSelector(int c) {
        return c >= 0xFE00 && c <= 0xFE0F || c >= 0xE0100 && c <= 0xE01EF || c >= 0x180B && c <= 0x180D || c == 0x180F;
    }

    private static String cut(String text) {
        return text.codePointCount(0, text.length()) <= MAX_CODE_POINTS
                ? text
                : text.substring(0, text.offsetByCodePoints(0, MAX_CODE_POINTS - 1)) + "…";
    }
}
