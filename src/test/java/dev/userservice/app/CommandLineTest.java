package dev.userservice.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.userservice.app.CommandLine.Command;
import dev.userservice.app.CommandLine.UsageException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class CommandLineTest {

    private static final CommandLine SERVE = new CommandLine(
            Command.SERVE, List.of(), List.of(), false, false, Optional.empty(), Optional.empty(), Optional.empty());

    @ParameterizedTest
    @MethodSource
    void readsWhatIsAskedFor(String arguments, CommandLine expected) throws UsageException {
        assertEquals(expected, CommandLine.parse(words(arguments)));
    }

    static Stream<Arguments> readsWhatIsAskedFor() {
        Optional<Path> env = Optional.of(Path.of("my.env"));
        return Stream.of(
                Arguments.of("", SERVE),
                Arguments.of("serve", SERVE),
                Arguments.of("--demo", line(Command.SERVE, List.of(), true, Optional.empty())),
                Arguments.of("serve --demo", line(Command.SERVE, List.of(), true, Optional.empty())),
                Arguments.of("--env-file my.env", line(Command.SERVE, List.of(), false, env)),
                Arguments.of("serve --demo --env-file my.env", line(Command.SERVE, List.of(), true, env)),
                Arguments.of(
                        "call get_user user_id=1 --demo --env-file my.env",
                        line(Command.CALL, List.of("get_user", "user_id=1"), true, env)),
                Arguments.of(
                        "call --demo get_user user_id=-5",
                        line(Command.CALL, List.of("get_user", "user_id=-5"), true, Optional.empty())),
                Arguments.of("check", line(Command.CHECK, List.of(), false, Optional.empty())),
                Arguments.of(
                        "check --user 7 --json --env-file my.env",
                        new CommandLine(
                                Command.CHECK,
                                List.of(),
                                List.of(),
                                false,
                                true,
                                env,
                                Optional.empty(),
                                Optional.of("7"))),
                Arguments.of(
                        "verify-audit --key-file my.key a.jsonl b.jsonl",
                        new CommandLine(
                                Command.VERIFY_AUDIT,
                                List.of(),
                                List.of(Path.of("a.jsonl"), Path.of("b.jsonl")),
                                false,
                                false,
                                Optional.empty(),
                                Optional.of(Path.of("my.key")),
                                Optional.empty())),
                Arguments.of(
                        "verify-audit a=b.jsonl",
                        new CommandLine(
                                Command.VERIFY_AUDIT,
                                List.of(),
                                List.of(Path.of("a=b.jsonl")),
                                false,
                                false,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty())),
                Arguments.of("--version", line(Command.VERSION, List.of(), false, Optional.empty())),
                Arguments.of("--help", line(Command.HELP, List.of(), false, Optional.empty())),
                Arguments.of("-h", line(Command.HELP, List.of(), false, Optional.empty())),
                Arguments.of("call --help", line(Command.HELP, List.of(), false, Optional.empty())));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "start                       | unknown command: start",
                "Serve                       | unknown command: Serve",
                "--daemon                    | unknown option: --daemon",
                "--token=0123456789abcdef    | unknown option: --token",
                "INTERNAL_API_TOKEN=s3cret   | unknown command: INTERNAL_API_TOKEN",
                "serve token=s3cret          | unknown word: token",
                "serve --json                | unknown option: --json",
                "serve --user 1              | unknown option: --user",
                "call get_user --json        | unknown option: --json",
                "check --demo                | unknown option: --demo",
                "check --key-file k          | unknown option: --key-file",
                "verify-audit --demo a       | unknown option: --demo",
                "verify-audit --env-file e a | unknown option: --env-file",
                "--version --json            | unknown option: --json",
                "serve now                   | unknown word: now",
                "check engineering           | unknown word: engineering",
                "--version 2                 | unknown word: 2",
                "call                        | call needs the name of a tool",
                "call --demo                 | call needs the name of a tool",
                "verify-audit                | verify-audit needs a file",
                "serve --env-file            | --env-file needs a value",
                "check --user                | --user needs a value",
                "verify-audit --key-file     | --key-file needs a value",
            })
    void namesWhatHasNoPlace(String arguments, String message) {
        assertEquals(message, refusal(words(arguments)));
    }

    @Test
    void showsAWordSafelyAndShort() {
        assertEquals("unknown command: a?[31m?b", refusal("a\u001b[31m\nb"));
        assertEquals("unknown option: " + "-".repeat(60), refusal("serve", "-".repeat(60)));
        assertEquals("unknown option: " + "-".repeat(60) + "...", refusal("serve", "-".repeat(61)));
        assertEquals("unknown word: a?b", refusal("serve", "a\u2028b=\nsecret"));
    }

    @Test
    void takesNoEmptyWord() {
        assertEquals("unknown word: ", refusal(""));
        assertEquals("--env-file needs a value", refusal("--env-file", ""));
    }

    @Test
    void refusesANameThatNoFileCanHave() {
        assertEquals("--env-file needs the name of a file", refusal("--env-file", "a\0b"));
        assertEquals("--key-file needs the name of a file", refusal("verify-audit", "--key-file", "a\0b", "log"));
        assertEquals("not the name of a file: a?b", refusal("verify-audit", "log", "a\0b"));
    }

    private static String refusal(String... arguments) {
        return assertThrows(UsageException.class, () -> CommandLine.parse(arguments))
                .getMessage();
    }

    private static CommandLine line(Command command, List<String> words, boolean demo, Optional<Path> envFile) {
        return new CommandLine(command, words, List.of(), demo, false, envFile, Optional.empty(), Optional.empty());
    }

    private static String[] words(String arguments) {
        return Stream.of(arguments.split(" ")).filter(word -> !word.isEmpty()).toArray(String[]::new);
    }
}
