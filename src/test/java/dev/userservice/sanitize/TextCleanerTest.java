package dev.userservice.sanitize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.userservice.model.Redactor;
import dev.userservice.model.Secret;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TextCleanerTest {

    private static final String TOKEN = "svc-token-0123456789";

    private static final BitSet SPACES = codePoints("0009 000A 000D 2028 2029");
    private static final BitSet REMOVED = codePoints("""
      0000-0008 000B-000C 000E-001F 007F-009F 00AD 061C 180E 200B 200E 200F 202A-202E 2060-2064 2066-206F FEFF \
      FFF9-FFFB E0000-E007F""");
    private static final BitSet SELECTORS = codePoints("180B-180D 180F FE00-FE0F E0100-E01EF");

    private final TextCleaner cleaner = new TextCleaner(redactor());

    private static Redactor redactor() {
        Redactor redactor = new Redactor();
        redactor.know(new Secret(TOKEN));
        return redactor;
    }

    private static BitSet codePoints(String ranges) {
        BitSet set = new BitSet();
        for (String range : ranges.split(" ")) {
            int[] ends = Arrays.stream(range.split("-"))
                    .mapToInt(hex -> Integer.parseInt(hex, 16))
                    .toArray();
            set.set(ends[0], ends[ends.length - 1] + 1);
        }
        return set;
    }

    private static String expected(int codePoint) {
        boolean surrogate = codePoint >= 0xD800 && codePoint <= 0xDFFF;
        String kept = surrogate ? "\uFFFD" : SPACES.get(codePoint) ? " " : Character.toString(codePoint);
        return REMOVED.get(codePoint) ? "" : kept;
    }

    private void cleans(String raw, String text, int changes, String reason) {
        assertEquals(new TextCleaner.Cleaned(text, changes), cleaner.clean(raw), reason);
    }

    @Test
    void removesAndReplacesTheListedCodePointsAndNoOther() {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            String raw = Character.toString(c);
            String kept = expected(c);
            cleans("a" + raw + "b", "a" + kept + "b", kept.equals(raw) ? 0 : 1, raw);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "José, accent",
        "Jose\u0301, combining accent",
        "محمد, right to left",
        "نیم\u200Cفاشله, zero width non-joiner",
        "क्\u200Dष, zero width joiner",
        "李小龍, Han",
        "葛\uDB40\uDD00城, Han with a variation selector",
        "O'Brien, apostrophe",
        "Nuñez-Müller Jr., punctuation",
        "👩\u200D👩\u200D👧\u200D👦, emoji with joiners",
        "❤\uFE0F\u200D🔥, emoji with selector and joiner",
        "👍🏽🇫🇷, skin tone and flag",
        "\uE000 \uDBFF\uDFFD, private use"
    })
    void keepsNamesInEveryScript(String name, String script) {
        cleans(name, name, 0, script);
    }

    @Test
    void keepsTheFirstSelectorOfARunOnly() {
        int[] selectors = SELECTORS.stream().toArray();
        for (int i = 0; i < selectors.length; i++) {
            String first = Character.toString(selectors[i]);
            String other = Character.toString(selectors[(i * 31 + 7) % selectors.length]);
            cleans(
                    "a" + first + other + first + "b" + other,
                    "a" + first + "b" + other,
                    2,
                    "U+%04X".formatted(selectors[i]));
            cleans("a" + first + "\u200B" + other, "a" + first, 2, "a run once what stands between is gone");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a\uD800b, a\uFFFDb, high",
        "a\uDC00b, a\uFFFDb, low",
        "a\uD83D, a\uFFFD, high at the end",
        "\uDE00\uD83D, \uFFFD\uFFFD, the wrong way round",
        "\uD83D\u200B\uDE00, \uFFFD\uFFFD, no pair comes of what stood apart",
        "\uD83D\uD83D\uDE00, \uFFFD😀, the pair stays"
    })
    void replacesLoneSurrogates(String raw, String text, String reason) {
        assertEquals(text, cleaner.clean(raw).text(), reason);
    }

    @ParameterizedTest
    @CsvSource({
        "a, 256, a, 256, '', as long as may be",
        "a, 257, a, 255, …, one too many",
        "a, 5000, a, 255, …, many too many",
        "😀, 256, 😀, 256, '', counted in code points",
        "😀, 257, 😀, 255, …, no pair is torn",
        "a\u200B, 256, a, 256, '', what is removed does not count"
    })
    void cutsToTheLongestText(String unit, int times, String kept, int keptTimes, String end, String reason) {
        assertEquals(
                kept.repeat(keptTimes) + end, cleaner.clean(unit.repeat(times)).text(), reason);
    }

    @Test
    void replacesTheTokenAfterCleaningAndBeforeCutting() {
        cleans("is " + TOKEN + ".", "is [redacted].", 0, "plain");
        cleans("svc\u200B-token-\u202E0123456789", "[redacted]", 2, "hidden by what is removed");
        cleans("a".repeat(250) + TOKEN, "a".repeat(250) + "[reda…", 0, "across the cut");
        cleans("a".repeat(240) + TOKEN, "a".repeat(240) + "[redacted]", 0, "short enough once replaced");
    }

    @Test
    void countsEveryCharacterRemovedOrReplaced() {
        cleans("\uFEFFAda\t\u200BLove\u0000lace\uD800\uFE0F\uFE0F", "Ada Lovelace\uFFFD\uFE0F", 6, "one of each kind");
        cleans("\n".repeat(300), " ".repeat(255) + "…", 300, "beyond the cut as well");
        cleans("", "", 0, "nothing");
        cleans("\u200B\u200B", "", 2, "nothing left");
    }

    @Test
    void changesNothingTheSecondTime() {
        Random random = new Random(20_261_122);
        int[] hostile = IntStream.concat(IntStream.concat(REMOVED.stream(), SPACES.stream()), SELECTORS.stream())
                .toArray();
        for (int round = 0; round < 3000; round++) {
            StringBuilder raw = new StringBuilder();
            for (int i = random.nextInt(400); i > 0; i--) {
                switch (random.nextInt(5)) {
                    case 0 -> raw.appendCodePoint(random.nextInt(Character.MAX_CODE_POINT + 1));
                    case 1 -> raw.append((char) (0xD800 + random.nextInt(0x800)));
                    case 2 -> raw.append(random.nextInt(50) == 0 ? TOKEN : "svc");
                    default -> raw.appendCodePoint(hostile[random.nextInt(hostile.length)]);
                }
            }
            String once = cleaner.clean(raw.toString()).text();
            cleans(once, once, 0, "round " + round);
            assertTrue(once.codePointCount(0, once.length()) <= 256);
        }
    }
}
