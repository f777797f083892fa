package dev.userservice.register;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every word reaches the program as it was given: by a real {@code sh}, and by the rules that the other two document.
 */
final class ShellTest {

    /** Pieces that a shell, or one that reads its output, might obey. */
    private static final List<String> PIECES = List.of(
            "a",
            "Z",
            "0",
            "/",
            "\\",
            "'",
            "''",
            "\"",
            "`id`",
            "$(id)",
            "$HOME",
            "${HOME}",
            "~",
            " ",
            "  ",
            "\t",
            "\n",
            "\r",
            "*",
            "?",
            "[a-z]",
            "{a,b}",
            "!",
            "!!",
            "#",
            "&",
            "&&",
            "|",
            ";",
            "<",
            ">",
            "(",
            ")",
            "%",
            "^",
            "=",
            "-",
            "--",
            ",",
            ":",
            "é",
            "ß",
            "日本",
            "😀",
            "\u2019",
            "\u202e",
            "\u0001",
            "\u001b[31m",
            "\u007f");

    @TempDir
    private Path folder;

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void handsTenThousandRandomWordsOnThroughARealShell() throws Exception {
        Random random = new Random(7);
        List<String> words = new ArrayList<>();
        StringBuilder script = new StringBuilder("say() { printf '%s\\0' \"$@\"; }\n");
        for (int line = 0; line < 500; line++) {
            List<String> some = Stream.generate(() -> word(random)).limit(20).toList();
            words.addAll(some);
            script.append("say ").append(Shell.POSIX.line(some)).append('\n');
        }
        Path file = Files.writeString(folder.resolve("script"), script);
        Process shell = new ProcessBuilder("sh", "-c", ". ./script")
                .directory(file.getParent().toFile())
                .start();
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(10_000, words.size());
        assertEquals(words, Arrays.asList(said.split("\0", -1)).subList(0, words.size()));
        assertEquals(0, shell.waitFor());
    }

    /** Returns a word of up to eight pieces, now and then none. */
    static String word(Random random) {
        return random.ints(random.nextInt(9), 0, PIECES.size())
                .mapToObj(PIECES::get)
                .collect(Collectors.joining());
    }

    static Stream<Arguments> quotesForPosix() {
        return Stream.of(
                Arguments.of("stdio", "stdio", "plain"),
                Arguments.of("-XX:+UseSerialGC", "-XX:+UseSerialGC", "plain"),
                Arguments.of("A=https://x.example/v1,b@c%20", "A=https://x.example/v1,b@c%20", "plain"),
                Arguments.of("", "''", "a word all the same"),
                Arguments.of("~", "'~'", "the home folder"),
                Arguments.of("it's", "'it'\\''s'", "XCU 2.2.2"),
                Arguments.of("a b", "'a b'", "a space"),
                Arguments.of("ü", "'ü'", "beyond ASCII"),
                Arguments.of("a\nb", "'a\nb'", "a line break"));
    }

    @ParameterizedTest
    @MethodSource
    void quotesForPosix(String word, String quoted, String reason) {
        assertEquals("x " + quoted, Shell.POSIX.line(List.of("x", word)), reason);
    }

    /** learn.microsoft.com/powershell: about_Quoting_Rules, about_Parsing, about_Special_Characters. */
    static Stream<Arguments> quotesForPowerShell() {
        return Stream.of(
                Arguments.of("stdio", "stdio", "plain"),
                Arguments.of("--env", "--env", "an option"),
                Arguments.of("-jar", "-jar", "an option"),
                Arguments.of("--", "'--'", "bare, it is the end-of-parameters token, and a script would not see it"),
                Arguments.of("-Xlog:all=warning:stderr", "'-Xlog:all=warning:stderr'", "bare, split at colon or dot"),
                Arguments.of("@a/b", "'@a/b'", "bare, an array or splatting"),
                Arguments.of("", "''", "a word all the same"),
                Arguments.of("C:\\Program Files\\x", "'C:\\Program Files\\x'", "a backslash is a character"),
                Arguments.of("$env:PATH", "'$env:PATH'", "no variables within single quotes"),
                Arguments.of("a`nb", "'a`nb'", "no backtick escapes within single quotes"),
                Arguments.of("it's", "'it''s'", "a single quote is doubled"),
                Arguments.of(
                        "\u2018\u2019\u201a\u201b",
                        "'\u2018\u2018\u2019\u2019\u201a\u201a\u201b\u201b'",
                        "typographic ones, too"),
                Arguments.of("a\"b", "'a\"b'", "passed on from 7.3 on"),
                Arguments.of("\u201cx\u201d", "'\u201cx\u201d'", "double ones are characters here"));
    }

    @ParameterizedTest
    @MethodSource
    void quotesForPowerShell(String word, String quoted, String reason) {
        assertEquals("x " + quoted, Shell.POWERSHELL.line(List.of("x", word)), reason);
    }

    /**
     * learn.microsoft.com: CommandLineToArgvW; and "Everyone quotes command line arguments the wrong way",
     * learn.microsoft.com/archive/blogs/twistylittlepassagesallalike.
     */
    static Stream<Arguments> quotesForCmd() {
        return Stream.of(
                Arguments.of("--env", "--env", "plain"),
                Arguments.of("C:\\opt\\a.jar", "C:\\opt\\a.jar", "plain"),
                Arguments.of("--", "--", "plain"),
                Arguments.of("", "\"\"", "a word all the same"),
                Arguments.of("A=b", "\"A=b\"", "bare, an equals sign separates the words of a batch file"),
                Arguments.of("a,b;c", "\"a,b;c\"", "and so do these"),
                Arguments.of("C:\\Program Files\\x", "\"C:\\Program Files\\x\"", "backslashes that no quote follows"),
                Arguments.of("C:\\my dir\\", "\"C:\\my dir\\\\\"", "doubled before the closing quote"),
                Arguments.of("a\"b", "^\"a\\^\"b^\"", "2n+1 backslashes and a quote: a quote"),
                Arguments.of("a\\\"b", "^\"a\\\\\\^\"b^\"", "2n+1 backslashes and a quote: a quote"),
                Arguments.of("%PATH%", "^\"^%PATH^%^\"", "cmd expands within quotes"),
                Arguments.of("a & b", "^\"a ^& b^\"", "cmd's own"),
                Arguments.of("(a|b)<c>!^", "^\"^(a^|b^)^<c^>^!^^^\"", "cmd's own"));
    }

    @ParameterizedTest
    @MethodSource
    void quotesForCmd(String word, String quoted, String reason) {
        assertEquals("x " + quoted, Shell.CMD.line(List.of("x", word)), reason);
    }

    static Stream<Arguments> isTheShellAtHand() {
        return Stream.of(
                Arguments.of(Map.of("PROMPT", "$"), false, Shell.POSIX, "a shell"),
                Arguments.of(Map.of(), true, Shell.POWERSHELL, "PowerShell"),
                Arguments.of(Map.of("PROMPT", "$P$G"), true, Shell.CMD, "cmd"));
    }

    @ParameterizedTest
    @MethodSource
    void isTheShellAtHand(Map<String, String> environment, boolean windows, Shell shell, String title) {
        assertEquals(shell, Shell.of(environment, windows));
        assertEquals(title, shell.title());
    }
}
