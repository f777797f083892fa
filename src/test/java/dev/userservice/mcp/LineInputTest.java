package dev.userservice.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever bytes come in, whole lines of valid UTF-8 within the limit go on. One character here is one byte. */
@Timeout(20)
final class LineInputTest {

    private static final int MAX_LINE_BYTES = 10;

    private final AtomicInteger ends = new AtomicInteger();

    @ParameterizedTest(name = "{2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "abc.def.|abc.def.|two lines",
                "a\u0000b.|a\u0000b.|a byte that is zero",
                "abc|abc.|a last line without its newline",
                "|''|nothing",
                ".. .\t.~.a.|a.|blank lines",
                "\u000B\f\u001C\u001D\u001E\u001F .a.|a.|a line of ASCII's other blanks",
                "\u00C2\u0085.a.|\u00C2\u0085.a.|a next line control is not blank",
                "\u00E2\u0080\u0083.a.|\u00E2\u0080\u0083.a.|an em space is not blank",
                "\u00EF\u00BB\u00BFabc.|abc.|a byte order mark",
                "a.\u00EF\u00BB\u00BFb.|a.b.|a byte order mark on a later line",
                "\u00EF\u00BB\u00BF.a.|a.|a byte order mark alone",
                "\u00EF\u00BB\u00BFa|a.|a mark and one character",
                "a\u00EF\u00BB\u00BF.|a\u00EF\u00BB\u00BF.|a mark that is not the first",
                "\u00EFbc.|?.|the first byte of a mark alone",
                "\u00EF\u00BBc.|?.|two bytes of a mark alone",
                "\u00EF\u00BB|?.|a mark cut off",
                "a\u00BB\u00BF.|?.|the end of a mark alone",
                "0123456789.|0123456789.|exactly the limit",
                "01234567890.|[].|one byte over the limit",
                "0123456789|0123456789.|exactly the limit, without a newline",
                "01234567890|[].|one byte over, without a newline",
                "012345678901234567890123456789.a.|[].a.|far over the limit, then another",
                "          .a.|a.|blanks up to the limit",
                "           .a.|[].a.|blanks over the limit",
                "a~b~.|a\tb\t.|carriage returns",
                "~.|''|a carriage return alone",
                "a\u00FF.b.|?.b.|a byte that UTF-8 has not",
                "\u00C3\u00A9.|\u00C3\u00A9.|an accent in UTF-8",
                "\u00C3.|?.|an accent cut in half"
            })
    void passesOnWholeLines(String given, String expected, String reason) throws IOException {
        assertEquals(expected.replace("''", ""), passed(given == null ? "" : given), reason);
        assertEquals(1, ends.get());
    }

    @ParameterizedTest
    @CsvSource({"65535", "65536", "65537", "200000"})
    void passesLinesOverThatComeInSeveralChunks(int length) throws IOException {
        LineInput lines = open(
                new ByteArrayInputStream((" a".repeat(length) + "\nb\n").getBytes(StandardCharsets.US_ASCII)),
                1_000_000);
        assertEquals(" a".repeat(length) + "\nb\n", new String(lines.readAllBytes(), StandardCharsets.US_ASCII));
    }

    @Test
    void readsSingleBytes() {
        LineInput lines = open(bytes("a\u00C3\u00A9."), MAX_LINE_BYTES);
        assertEquals('a', lines.read());
        assertEquals(0xC3, lines.read());
        assertEquals(0xA9, lines.read());
        assertEquals('\n', lines.read());
        assertEquals(-1, lines.read());
    }

    @Test
    void fillsThePartAskedFor() {
        LineInput lines = open(bytes("abc."), MAX_LINE_BYTES);
        byte[] target = {'-', '-', '-', '-'};
        assertEquals(2, lines.read(target, 1, 2));
        assertEquals("-ab-", new String(target, StandardCharsets.US_ASCII));
        assertEquals(2, lines.read(target, 0, 4));
        assertEquals("c\nb-", new String(target, StandardCharsets.US_ASCII));
    }

    @Test
    void endsOnceHoweverOftenItIsAsked() {
        LineInput lines = open(bytes(""), MAX_LINE_BYTES);
        assertEquals(-1, lines.read());
        assertEquals(-1, lines.read());
        assertEquals(1, ends.get());
    }

    @Test
    void tellsOfTheEndOnlyAfterTheLastLineIsPassedOn() {
        LineInput lines = open(bytes("a"), MAX_LINE_BYTES);
        assertEquals('a', lines.read());
        assertEquals('\n', lines.read());
        assertEquals(0, ends.get());
        assertEquals(-1, lines.read());
        assertEquals(1, ends.get());
    }

    @Test
    void takesAnInputThatFailsForEnded() throws IOException {
        InputStream failing = new InputStream() {
            private boolean begun;

            @Override
            public int read() throws IOException {
                if (begun) {
                    throw new IOException("reset");
                }
                begun = true;
                return 'a';
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                target[offset] = (byte) read();
                return 1;
            }
        };
        assertEquals("a\n", new String(open(failing, MAX_LINE_BYTES).readAllBytes(), StandardCharsets.US_ASCII));
        assertEquals(1, ends.get());
    }

    @Test
    void givesNothingBeforeItIsOpened() throws Exception {
        LineInput lines = new LineInput(bytes("a"), MAX_LINE_BYTES, ends::incrementAndGet);
        CompletableFuture<Integer> first = CompletableFuture.supplyAsync(lines::read);
        assertThrows(TimeoutException.class, () -> first.get(50, TimeUnit.MILLISECONDS));
        lines.open();
        assertEquals('a', first.get());
    }

    @Test
    void endsForAReaderThatIsInterrupted() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        InputStream silent = new InputStream() {
            @Override
            public int read() throws IOException {
                reading.countDown();
                try {
                    new CountDownLatch(1).await();
                    return 0;
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
        };
        LineInput lines = open(silent, MAX_LINE_BYTES);
        lines.interrupt(); // nobody reads yet
        CompletableFuture<Integer> end = CompletableFuture.supplyAsync(lines::read);
        reading.await();
        lines.interrupt();
        assertEquals(-1, end.get());
        assertEquals(1, ends.get());
    }

    private String passed(String given) throws IOException {
        byte[] passed = open(bytes(given), MAX_LINE_BYTES).readAllBytes();
        return new String(passed, StandardCharsets.ISO_8859_1).replace('\n', '.');
    }

    private LineInput open(InputStream in, int maxLineBytes) {
        LineInput lines = new LineInput(in, maxLineBytes, ends::incrementAndGet);
        lines.open();
        return lines;
    }

    /** A dot is a newline, a tilde a carriage return. */
    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(
                text.replace('.', '\n').replace('~', '\r').getBytes(StandardCharsets.ISO_8859_1));
    }
}
