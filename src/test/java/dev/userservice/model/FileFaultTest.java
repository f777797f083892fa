package dev.userservice.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class FileFaultTest {

    @TempDir
    private Path folder;

    static Stream<Arguments> saysWhyAFileCannotBeUsed() {
        return Stream.of(
                Arguments.of(new NoSuchFileException("/a"), "/a: not there"),
                Arguments.of(
                        new NoSuchFileException("a"),
                        "a: not there; its name is relative to " + Path.of("").toAbsolutePath()),
                Arguments.of(new AccessDeniedException("/a"), "/a: permission denied"),
                Arguments.of(new FileAlreadyExistsException("/a"), "/a: not a folder"),
                Arguments.of(new FileSystemException("/a", null, "Too many links"), "/a: Too many links"),
                Arguments.of(new FileSystemException("/a"), "/a: an input or output error"),
                Arguments.of(new FileSystemException(null, null, "locked"), "locked"),
                Arguments.of(new FileFault(Path.of("a"), "empty"), "a: empty"),
                Arguments.of(new IOException("a secret"), "an input or output error"));
    }

    @ParameterizedTest
    @MethodSource
    void saysWhyAFileCannotBeUsed(Exception trouble, String located) {
        assertEquals(located, FileFault.located(trouble));
        assertEquals(located.replaceFirst("^/?a: ", ""), FileFault.reason(trouble));
    }

    @Test
    void readsARegularFileUpToItsBound() throws IOException {
        Path file = Files.write(folder.resolve("file"), new byte[] {1, 2, 3});
        assertArrayEquals(new byte[] {1, 2, 3}, FileFault.read(file, 3));
        assertEquals("too large, more than 2 bytes", reason(file, 2));
        assertEquals("no regular file", reason(folder, 3));
        assertEquals("not there", reason(folder.resolve("missing"), 3));
    }

    private static String reason(Path file, int maxBytes) {
        return FileFault.reason(assertThrows(IOException.class, () -> FileFault.read(file, maxBytes)));
    }
}
