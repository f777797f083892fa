package dev.userservice.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.userservice.app.CommandLine.Command;
import dev.userservice.app.CommandLine.Option;
import dev.userservice.app.CommandLine.UsageException;
import dev.userservice.settings.Places;
import dev.userservice.settings.SettingsException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class CommandLineTest {

    private static final Places PLACES = new Places(Map.of(), Map.of());

    @ParameterizedTest
    @MethodSource
    void readsWhatIsAskedFor(String arguments, CommandLine expected) throws UsageException {
        assertEquals(expected, CommandLine.parse(words(arguments)));
    }

    static Stream<Arguments> readsWhatIsAskedFor() {
        Map<Option, String> demo = Map.of(Option.DEMO, "");
        Map<Option, String> env = Map.of(Option.ENV_FILE, "my.env");
        Map<Option, String> demoAndEnv = Map.of(Option.DEMO, "", Option.ENV_FILE, "my.env");
        Map<Option, String> check =
                Map.of(Option.USER, "7", Option.JSON, "", Option.DEMO, "", Option.ENV_FILE, "my.env");
        return Stream.of(
                Arguments.of("", line(Command.SERVE, "", Map.of())),
                Arguments.of("serve", line(Command.SERVE, "", Map.of())),
                Arguments.of("--demo", line(Command.SERVE, "", demo)),
                Arguments.of("serve --demo", line(Command.SERVE, "", demo)),
                Arguments.of("--env-file my.env", line(Command.SERVE, "", env)),
                Arguments.of("serve --demo --env-file my.env", line(Command.SERVE, "", demoAndEnv)),
                Arguments.of(
                        "call get_user user_id=1 --demo --env-file my.env",
                        line(Command.CALL, "get_user user_id=1", demoAndEnv)),
                Arguments.of("call --demo get_user user_id=-5", line(Command.CALL, "get_user user_id=-5", demo)),
                Arguments.of("check", line(Command.CHECK, "", Map.of())),
                Arguments.of("check --user 7 --json --demo --env-file my.env", line(Command.CHECK, "", check)),
                Arguments.of("register", line(Command.REGISTER, "", Map.of())),
                Arguments.of(
                        "register --client cursor --name users --demo --env-file my.env",
                        line(
                                Command.REGISTER,
                                "",
                                Map.of(
                                        Option.CLIENT, "cursor",
                                        Option.NAME, "users",
                                        Option.DEMO, "",
                                        Option.ENV_FILE, "my.env"))),
                Arguments.of(
                        "verify-audit --key-file my.key a.jsonl b.jsonl",
                        line(Command.VERIFY_AUDIT, "a.jsonl b.jsonl", Map.of(Option.KEY_FILE, "my.key"))),
                Arguments.of("verify-audit a=b.jsonl", line(Command.VERIFY_AUDIT, "a=b.jsonl", Map.of())),
                Arguments.of("--version", line(Command.VERSION, "", Map.of())),
                Arguments.of("--help", line(Command.HELP, "", Map.of())),
                Arguments.of("-h", line(Command.HELP, "", Map.of())),
                Arguments.of("call --help", line(Command.HELP, "", Map.of())));
    }

    @Test
    void givesOptionsAndFilesByTheirNames() throws UsageException, SettingsException {
        CommandLine check = CommandLine.parse("check", "--user", "7", "--json");
        assertEquals(Optional.of("7"), check.value(Option.USER));
        assertTrue(check.has(Option.JSON));
        assertFalse(check.has(Option.DEMO));
        assertEquals(Optional.empty(), check.file(Option.ENV_FILE, PLACES));
        CommandLine verify = CommandLine.parse("verify-audit", "--key-file", "my.key", "a.jsonl", "b.jsonl");
        assertEquals(Optional.of(Path.of("my.key")), verify.file(Option.KEY_FILE, PLACES));
        assertEquals(List.of(Path.of("a.jsonl"), Path.of("b.jsonl")), verify.files(PLACES));
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
                "--env-file a --env-file b   | --env-file is given twice",
                "call t --demo x=1 --demo    | --demo is given twice",
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
    void refusesANameThatNoFileCanHave() throws UsageException, SettingsException {
        CommandLine verify = CommandLine.parse("verify-audit", "--key-file", "a\0b", "log", "c\0d");
        assertEquals(
                List.of("--key-file a?b " + Places.NO_PATH),
                assertThrows(SettingsException.class, () -> verify.file(Option.KEY_FILE, PLACES))
                        .problems());
        assertEquals("c?d " + Places.NO_PATH, refusal(() -> verify.files(PLACES)));
        assertEquals(Optional.empty(), verify.file(Option.ENV_FILE, PLACES));
    }

    private static String refusal(Executable action) {
        return assertThrows(UsageException.class, action).getMessage();
    }

    private static String refusal(String... arguments) {
        return refusal(() -> CommandLine.parse(arguments));
    }

    private static CommandLine line(Command command, String words, Map<Option, String> options) {
        return new CommandLine(command, List.of(words(words)), options);
    }

    private static String[] words(String arguments) {
        return Stream.of(arguments.split(" ")).filter(word -> !word.isEmpty()).toArray(String[]::new);
    }
}
