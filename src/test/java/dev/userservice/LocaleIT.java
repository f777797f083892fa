package dev.userservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names beyond ASCII in the C locale, in which the JVM cannot express them: what needs one says so, the rest works. */
@EnabledOnOs(OS.LINUX)
final class LocaleIT {

    /** Written by the shell, since this JVM may be in the same locale. */
    private static final String NAME = "j$(printf '\\303\\274')rgen";

    private static final String CANNOT =
            " cannot be expressed as a path here: a name beyond ASCII needs a UTF-8 locale";
    private static final String API = "INTERNAL_API_URL=http://127.0.0.1:9 INTERNAL_API_TOKEN=0123456789abcdef ";

    @TempDir
    private Path folder;

    @BeforeEach
    void makeTheFolder() throws Exception {
        assertEquals(
                0,
                shell("mkdir " + NAME + " && echo 'USER_SERVICE_TOOLS=get_user' > " + NAME + "/my.env")
                        .status());
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "HOME=$PWD/NAME API JAVA                                | 3 | USER_SERVICE_AUDIT_FILE must be set: its default",
                "HOME=$PWD/NAME API JAVA check                          | 3 | USER_SERVICE_AUDIT_FILE must be set: its default",
                "XDG_STATE_HOME=$PWD/NAME API JAVA                      | 3 | USER_SERVICE_AUDIT_FILE must be set: its default",
                "USER_SERVICE_AUDIT_FILE=NAME/a API JAVA                | 3 | USER_SERVICE_AUDIT_FILE",
                "INTERNAL_API_CA_FILE=NAME/a API JAVA                   | 3 | INTERNAL_API_CA_FILE",
                "USER_SERVICE_AUDIT_KEY_FILE=NAME/a API JAVA            | 3 | USER_SERVICE_AUDIT_KEY_FILE",
                "USER_SERVICE_AUDIT_KEY_FILE=NAME/a JAVA verify-audit b | 3 | USER_SERVICE_AUDIT_KEY_FILE",
                "JAVA check --env-file NAME/my.env                      | 3 | --env-file j",
                "JAVA verify-audit NAME/a                               | 2 | user-service: j",
                "JAVA verify-audit --key-file NAME/a b                  | 3 | --key-file j",
                "cd NAME; JAVA check --env-file my.env                  | 3 | --env-file my.env",
                "cd NAME; USER_SERVICE_AUDIT_FILE=a API JAVA            | 3 | USER_SERVICE_AUDIT_FILE",
            })
    void saysWhichNameItCannotUse(String command, int status, String beginning) throws Exception {
        Run run = shell(command);
        assertEquals(status, run.status(), run.toString());
        String said = run.out() + run.err();
        assertTrue(said.replace("FAIL  settings        ", "").startsWith(beginning), said);
        assertTrue(said.lines().findFirst().orElse("").contains(CANNOT), said);
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(3, files.count(), "the folder made here and two files of the run's output");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "HOME=$PWD/NAME JAVA call get_user user_id=5 --demo",
        "cd NAME; HOME=$PWD JAVA call get_user user_id=5 --demo",
        "cd NAME; HOME=$PWD USER_SERVICE_AUDIT_FILE=$OLDPWD/a JAVA call get_user user_id=5 --demo",
        "HOME=$PWD/NAME XDG_STATE_HOME=$PWD JAVA call get_user user_id=5 --demo",
    })
    void worksWhereItNeedsNoSuchName(String command) throws Exception {
        Run run = shell(command);
        assertEquals(0, run.status(), run.err());
        assertTrue(run.out().contains("\"id\": \"5\""), run.out());
    }

    private Run shell(String command) throws Exception {
        String java = "LC_ALL=C '" + String.join("' '", ServerProcess.command()) + "'";
        String script = command.replace("NAME", NAME).replace("API ", API).replace("JAVA", java);
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", script).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> name.matches("(?i)USER_SERVICE_.*|INTERNAL_API.*|.*_PROXY"));
        builder.environment().putAll(Map.of("HOME", folder.toString()));
        List<Path> files = List.of(folder.resolve("out.txt"), folder.resolve("err.txt"));
        Process process = builder.redirectOutput(files.get(0).toFile())
                .redirectError(files.get(1).toFile())
                .start();
        try {
            process.getOutputStream().close();
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            String err = new String(Files.readAllBytes(files.get(1)), StandardCharsets.UTF_8);
            return new Run(process.exitValue(), Files.readString(files.get(0)), err);
        } finally {
            process.destroyForcibly();
        }
    }
}
