package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Redactor;
import dev.userservice.model.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class SecretSourceTest {

    private static final String FIRST = "first-token-0123456789";
    private static final String SECOND = "other-token-0123456789";

    private final Redactor redactor = new Redactor();

    private static final String NO_TOKEN = "not one token of 16 to 8192 visible ASCII characters without spaces";

    @TempDir
    private Path folder;

    @Test
    void keepsAFixedToken() {
        SecretSource tokens = SecretSource.fixed(new Secret(FIRST), redactor::know);
        assertEquals(new Secret(FIRST), tokens.current());
        assertEquals(new Secret(FIRST), tokens.readAnew());
        assertEquals("say [redacted]", redactor.redact("say " + FIRST));
    }

    @Test
    void readsARotatedTokenWithoutARestart() throws IOException {
        Path file = write(FIRST);
        SecretSource tokens = SecretSource.file("token", file, redactor::know);
        assertEquals(new Secret(FIRST), tokens.current());
        write(SECOND);
        assertEquals(new Secret(SECOND), tokens.current());
    }

    @Test
    void readsATokenPutInPlaceByRenaming() throws IOException {
        Path file = write(FIRST);
        SecretSource tokens = SecretSource.file("token", file, redactor::know);
        FileTime modified = Files.getLastModifiedTime(file);
        assertEquals(new Secret(FIRST), tokens.current());
        Path next = Files.writeString(folder.resolve("next"), SECOND);
        Files.setLastModifiedTime(next, modified);
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
        assertEquals(new Secret(SECOND), tokens.current());
    }

    @Test
    void makesTheTokenOfAFileKnownBeforeAnybodyAsksForIt() throws IOException {
        SecretSource.file("token", write(FIRST), redactor::know);
        assertEquals("[redacted]", redactor.redact(FIRST));
    }

    @Test
    void readsATokenOfAnotherLengthThoughTheTimeShowsNoChange() throws IOException {
        Path file = write(FIRST);
        FileTime modified = Files.getLastModifiedTime(file);
        SecretSource tokens = SecretSource.file("token", file, redactor::know);
        Files.writeString(file, SECOND + "-and-more");
        Files.setLastModifiedTime(file, modified);
        assertEquals(new Secret(SECOND + "-and-more"), tokens.current());
    }

    @Test
    void readsAnewThoughNothingShowsAChange() throws IOException {
        Path file = write(FIRST);
        FileTime modified = Files.getLastModifiedTime(file);
        SecretSource tokens = SecretSource.file("token", file, redactor::know);
        Files.writeString(file, SECOND);
        Files.setLastModifiedTime(file, modified);
        assertEquals(new Secret(FIRST), tokens.current(), "not read again for every call");
        assertEquals(new Secret(SECOND), tokens.readAnew());
        assertEquals(new Secret(SECOND), tokens.current());
    }

    @Test
    void makesTheTokenAndTheOneBeforeItKnownToTheRedactor() throws IOException {
        SecretSource tokens = SecretSource.file("token", write(FIRST), redactor::know);
        tokens.current();
        write(SECOND);
        tokens.current();
        assertEquals("[redacted] [redacted]", redactor.redact(FIRST + " " + SECOND));
    }

    @Test
    void deniesWhileTheFileIsBrokenAndRecoversWithIt() throws IOException {
        Path file = write(FIRST);
        SecretSource tokens = SecretSource.file("token", file, redactor::know);
        tokens.current();
        Files.delete(file);
        assertDenied("not there", tokens);
        write("");
        assertDenied(NO_TOKEN, tokens);
        write(SECOND);
        assertEquals(new Secret(SECOND), tokens.current());
    }

    @ParameterizedTest
    @MethodSource
    void ignoresOneFinalNewline(String contents, String token, String reason) throws IOException {
        assertEquals(new Secret(token), SecretSource.read("token", write(contents)), reason);
    }

    static Stream<Arguments> ignoresOneFinalNewline() {
        String longest = "x".repeat(8192);
        return Stream.of(
                Arguments.of(FIRST, FIRST, "none"),
                Arguments.of(FIRST + "\n", FIRST, "one"),
                Arguments.of(FIRST + "\r\n", FIRST, "one of Windows"),
                Arguments.of("0123456789abcdef", "0123456789abcdef", "the shortest"),
                Arguments.of(
                        "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "all of ASCII"),
                Arguments.of(longest + "\r\n", longest, "the longest"));
    }

    @ParameterizedTest
    @MethodSource
    void refusesAFileWithoutAToken(String contents, String reason) throws IOException {
        Path file = write(contents);
        assertThrows(IOException.class, () -> SecretSource.read("token", file), reason);
        String said = contents.length() > 10_000 ? "too large, more than 8194 bytes" : NO_TOKEN;
        assertDenied(said, SecretSource.file("token", file, redactor::know));
    }

    static Stream<Arguments> refusesAFileWithoutAToken() {
        return Stream.of(
                Arguments.of("", "empty"),
                Arguments.of("\n", "a newline only"),
                Arguments.of("0123456789abcde", "a character too short"),
                Arguments.of("x".repeat(8193), "a character too long"),
                Arguments.of("x".repeat(100_000), "a book"),
                Arguments.of(FIRST + "\n\n", "two newlines"),
                Arguments.of(FIRST + "\n" + SECOND + "\n", "two lines"),
                Arguments.of("\n" + FIRST, "a newline first"),
                Arguments.of("Bearer " + FIRST, "a space"),
                Arguments.of(FIRST + " ", "a space at its end"),
                Arguments.of(FIRST + "\t", "a tab"),
                Arguments.of("\uFEFF" + FIRST, "a byte order mark"),
                Arguments.of(FIRST + "é", "a letter beyond ASCII"));
    }

    @Test
    void refusesWhatIsNoRegularFile() {
        assertThrows(IOException.class, () -> SecretSource.read("token", folder));
        assertThrows(IOException.class, () -> SecretSource.read("token", folder.resolve("missing")));
        assertDenied("not there", SecretSource.file("token", folder.resolve("missing"), redactor::know));
        assertDenied("no regular file", SecretSource.file("token", folder, redactor::know));
    }

    private static void assertDenied(String reason, SecretSource tokens) {
        CallFailure failure = assertThrows(CallFailure.class, tokens::current);
        assertEquals(ErrorCode.UPSTREAM_DENIED, failure.code());
        assertEquals("the token file cannot be used: " + reason, failure.getMessage());
    }

    /** Each time with another time of change, as a rotation some while later has. */
    private Path write(String contents) throws IOException {
        Path file = folder.resolve("token");
        Instant before = Files.exists(file) ? Files.getLastModifiedTime(file).toInstant() : Instant.EPOCH;
        Files.writeString(file, contents);
        Files.setLastModifiedTime(file, FileTime.from(before.plusSeconds(60)));
        return file;
    }
}
