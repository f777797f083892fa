package dev.userservice.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EnvFileTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @MethodSource
    void readsOneVariableALine(String line, String value, String reason) throws Exception {
        assertEquals(Map.of("KEY", value), EnvFile.overlay(file(line), Map.of()), reason);
    }

    static Stream<Arguments> readsOneVariableALine() {
        return Stream.of(
                Arguments.of("KEY=value", "value", "bare"),
                Arguments.of("KEY=", "", "empty"),
                Arguments.of("KEY=''", "", "empty in quotes"),
                Arguments.of("  KEY = value  ", "value", "white space around"),
                Arguments.of("export KEY=value", "value", "exported"),
                Arguments.of("KEY=two words", "two words", "a space within"),
                Arguments.of("KEY=a=b==", "a=b==", "equals signs"),
                Arguments.of("KEY=value # why", "value", "a comment after it"),
                Arguments.of("KEY= # why", "", "a comment only"),
                Arguments.of("KEY=a#b", "a#b", "a number sign within"),
                Arguments.of("KEY='a # b'", "a # b", "a number sign in quotes"),
                Arguments.of("KEY=\"a # b\" # why", "a # b", "a comment after quotes"),
                Arguments.of("KEY=' a '", " a ", "white space in quotes"),
                Arguments.of("KEY='a\\nb\"$HOME'", "a\\nb\"$HOME", "nothing is special in single quotes"),
                Arguments.of("KEY=\"a\\\"b\\\\c\\$d\\`e\"", "a\"b\\c$d`e", "what double quotes let one escape"),
                Arguments.of("KEY=\"a\\nb\"", "a\\nb", "and nothing else"),
                Arguments.of("KEY=$HOME/${USER}", "$HOME/${USER}", "nothing is expanded"),
                Arguments.of("KEY=it's", "it's", "a quote within"),
                Arguments.of("KEY=José", "José", "UTF-8"),
                Arguments.of("KEY='" + "x".repeat(8192) + "'", "x".repeat(8192), "the longest token in single quotes"),
                Arguments.of(
                        "KEY=\"" + "x".repeat(8192) + "\"", "x".repeat(8192), "the longest token in double quotes"),
                Arguments.of("KEY=" + "x".repeat(8192), "x".repeat(8192), "the longest token"),
                Arguments.of("\uFEFFKEY=value", "value", "a byte order mark"),
                Arguments.of(
                        "# KEY=other\r\n\r\n   \r\nKEY=value\r\n",
                        "value",
                        "comments, blank lines, ends as on Windows"));
    }

    @Test
    void letsTheEnvironmentWin() throws Exception {
        Map<String, String> environment = Map.of("A", "real", "B", "real");
        assertEquals(
                Map.of("A", "real", "B", "real", "C", "file"), EnvFile.overlay(file("A=file\nC=file"), environment));
    }

    @ParameterizedTest
    @EnumSource(Setting.class)
    void letsAnEmptyOneWinOnlyWhereEmptyHasAMeaning(Setting setting) throws Exception {
        boolean hasAMeaning = Set.of(
                        "INTERNAL_API_AUTH_SCHEME",
                        "INTERNAL_API_RECORD_POINTER",
                        "INTERNAL_API_LIST_POINTER",
                        "INTERNAL_API_NEXT_POINTER",
                        "INTERNAL_API_TOTAL")
                .contains(setting.name());
        assertEquals(
                Map.of(setting.name(), hasAMeaning ? "" : "file"),
                EnvFile.overlay(file(setting + "=file"), Map.of(setting.name(), "")));
    }

    @Test
    void keepsAnEmptyOneThatTheFileDoesNotHave() throws Exception {
        assertEquals(
                Map.of("USER_SERVICE_FEILDS", "", "A", "file"),
                EnvFile.overlay(file("A=file"), Map.of("USER_SERVICE_FEILDS", "")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"KEY=1\nKEY=2", "KEY=1\nKEY=", "KEY=\nKEY=1", "KEY=1\nexport KEY='1'"})
    void refusesANameThatStandsThereTwice(String contents) throws IOException {
        assertEquals(List.of("--env-file: line 2 sets a name that an earlier line has set"), problems(file(contents)));
    }

    @Test
    void namesEveryMalformedLineButNothingInIt() throws IOException {
        Path file = file("A=1\nhunter2\n1B=2\nC='open\nD=\"x\" y\n\n# fine\nE=2\n=3\nF-G=4");
        assertEquals(
                Stream.of(2, 3, 4, 5, 9, 10)
                        .map(line -> "--env-file: line " + line + " is not KEY=VALUE")
                        .toList(),
                problems(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "# nothing\n"})
    void readsAFileWithoutVariables(String contents) throws Exception {
        assertEquals(Map.of(), EnvFile.overlay(file(contents), Map.of()));
    }

    @Test
    void refusesWhatItCannotRead() throws IOException {
        assertUnusable("no regular file", folder);
        assertUnusable("not there", folder.resolve("missing"));
        assertUnusable("too large, more than 1048576 bytes", file("#".repeat(1024 * 1024 + 1)));
        Path latin = Files.write(folder.resolve("latin"), "KEY=José".getBytes(StandardCharsets.ISO_8859_1));
        assertUnusable("not UTF-8", latin);
    }

    private static void assertUnusable(String reason, Path file) {
        assertEquals(List.of("--env-file " + file + " cannot be used: " + reason), problems(file));
    }

    @Test
    void readsAFileOfTheGreatestSize() throws Exception {
        assertEquals(Map.of(), EnvFile.overlay(file("#".repeat(1024 * 1024)), Map.of()));
    }

    private static List<String> problems(Path file) {
        return assertThrows(SettingsException.class, () -> EnvFile.overlay(file, Map.of()))
                .problems();
    }

    private Path file(String contents) throws IOException {
        return Files.writeString(folder.resolve("test.env"), contents);
    }
}
