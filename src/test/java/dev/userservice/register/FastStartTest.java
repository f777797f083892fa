package dev.userservice.register;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.userservice.settings.Places;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The archive: where it stands, who may read it, when it is made again, and what stays where it cannot be made. */
@DisabledOnOs(OS.WINDOWS)
final class FastStartTest {

    private static final List<String> QUIET = List.of(
            "-Xlog:disable",
            "-Xlog:all=warning:stderr",
            "-XX:+SuppressFatalErrorMessage",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1");
    private static final String MAKING =
            "user-service: making the archive for the fast start; this takes some seconds\n";

    @TempDir
    private Path root;

    private Path folder;
    private Path jar;
    private final FakeJava java = new FakeJava();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private String version = "17.0.15+6";
    private String program = "/opt/java/bin/java";

    @BeforeEach
    void putTheJarThere() throws IOException {
        folder = Files.createDirectory(root.resolve("jar's folder"));
        jar = Files.writeString(folder.resolve("user-service.jar"), "first");
    }

    private List<String> flags(Path ofJar) {
        Places places =
                new Places(Map.of("XDG_CACHE_HOME", root.resolve("cache").toString()), Map.of());
        PrintStream messages = new PrintStream(err, true, StandardCharsets.UTF_8);
        return new FastStart(Path.of(program), Runtime.Version.parse(version), ofJar, places, java, messages).flags();
    }

    /** Returns the archive named by the flags, which must be there. */
    private Path archive() {
        List<String> flags = flags(jar);
        assertEquals(QUIET, flags.subList(0, 5), said());
        Path archive = Path.of(flags.get(flags.size() - 1).replaceFirst("-XX:(?:SharedArchiveFile|AOTCache)=", ""));
        assertTrue(Files.isRegularFile(archive));
        return archive;
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    @Test
    void isMadeBesideTheJarForItsOwnerAlone() throws IOException {
        Path archive = archive();
        assertEquals(List.of(jar, archive), list(folder));
        assertTrue(archive.getFileName().toString().matches("user-service\\.jar-[0-9a-f]{8}-[0-9a-f]{8}\\.jsa"));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(archive)));
        assertEquals(MAKING, said());
    }

    @Test
    void isMadeFromAConversationAndTriedOnce() {
        Path archive = archive();
        assertEquals(2, java.commands.size());
        List<String> writing = java.commands.get(0);
        assertEquals(program, writing.get(0));
        assertEquals(QUIET, writing.subList(1, 6));
        String made = writing.get(6).replaceFirst("-XX:ArchiveClassesAtExit=", "");
        assertEquals(List.of("-jar", jar.toString(), "serve", "--demo"), writing.subList(7, 11));
        assertNotEquals(archive.toString(), made);
        assertEquals(
                List.of("-XX:SharedArchiveFile=" + made, "-Xshare:on"),
                java.commands.get(1).subList(6, 8));
        assertTrue(java.inputs.get(0).startsWith(java.inputs.get(1)));
        assertTrue(java.inputs.get(1).contains("\"initialize\"")
                && java.inputs.get(1).endsWith("}\n"));
        assertEquals(
                List.of(Path.of(made).resolveSibling("audit.jsonl").toString(), ""),
                java.auditFiles,
                "the warm-up keeps its audit log as a client's server does");
        for (String part : List.of("tools/list", "999", "DROP TABLE", "2026-07-28", "server/discover", "department")) {
            assertTrue(java.inputs.get(0).contains(part), part);
        }
    }

    @Test
    void isAnAheadOfTimeCacheWhereThereIsOne() {
        version = "25.0.3+9";
        assertTrue(archive().toString().endsWith(".aot"));
        String state = jar.toFile().length() + "-" + jar.toFile().lastModified();
        assertEquals("-Duser-service.cached-jar=" + state, flags(jar).get(5));
        assertTrue(java.commands.get(0).contains("-XX:AOTCacheOutput=" + made()));
        assertTrue(java.commands.get(1).containsAll(List.of("-XX:AOTCache=" + made(), "-XX:AOTMode=on")));
    }

    private String made() {
        return java.commands.get(0).get(6).replaceFirst(".*?=", "");
    }

    @Test
    void isUsedAgain() {
        Path archive = archive();
        err.reset();
        assertEquals(archive, archive());
        assertEquals(1, java.warmUps());
        assertEquals("", said());
    }

    @Test
    void isMadeAgainWhenTheJarChanged() throws IOException {
        FileTime time = Files.getLastModifiedTime(jar);
        Path archive = archive();
        Files.writeString(jar, "second");
        Files.setLastModifiedTime(jar, time);
        Path bySize = archive();
        assertNotEquals(archive, bySize);
        Files.setLastModifiedTime(jar, FileTime.fromMillis(1_000));
        Path byTime = archive();
        assertNotEquals(bySize, byTime);
        assertEquals(3, java.warmUps());
        assertEquals(List.of(jar, byTime), list(folder), "no older one stays");
    }

    @Test
    void isMadeAgainWhenTheJavaChanged() throws IOException {
        Path archive = archive();
        version = "17.0.16+8";
        Path updated = archive();
        assertNotEquals(archive, updated);
        assertEquals(List.of(jar, updated), list(folder), "no older one stays");
        program = "/opt/other/bin/java";
        Path other = archive();
        assertNotEquals(updated, other);
        assertEquals(3, list(folder).size(), "one for each Java");
    }

    @Test
    void isMadeAgainWhenItDoesNotWork() throws IOException {
        Path archive = archive();
        Files.writeString(archive, "garbage");
        assertEquals(archive, archive());
        assertEquals("first", Files.readString(archive));
        assertEquals(2, java.warmUps());
    }

    @Test
    void isNotTakenFromSomebodyElse() throws IOException {
        Path archive = archive();
        try {
            Files.setOwner(
                    archive,
                    archive.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        } catch (IOException e) {
            Assumptions.abort("only root can give a file away");
        }
        assertEquals(archive, archive());
        assertEquals(2, java.warmUps());
        assertEquals(Files.getOwner(jar), Files.getOwner(archive));
    }

    @Test
    void isNotTakenFromBehindALink() throws IOException {
        Path archive = archive();
        Path elsewhere = Files.move(archive, root.resolve("elsewhere"));
        Files.createSymbolicLink(archive, elsewhere);
        assertEquals(archive, archive());
        assertFalse(Files.isSymbolicLink(archive));
        assertEquals(2, java.warmUps());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void standsInTheCacheWhereTheJarsFolderCannotBeWritten() throws IOException {
        assertEquals(6, flags(Path.of("/proc/version")).size(), said());
        Path cache = root.resolve("cache/user-service");
        assertEquals(1, list(cache).size());
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(cache)));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void isLeftOutWhereNeitherFolderCanBeWritten() throws IOException {
        Files.writeString(root.resolve("cache"), "a file");
        assertEquals(List.of(), flags(Path.of("/proc/version")));
        assertTrue(said().startsWith("user-service: no fast start, only the plain one: "), said());
        assertTrue(said().contains(root.resolve("cache").toString()), said());
        assertEquals(List.of(), java.commands);
    }

    @Test
    void isLeftOutWhereJavaWritesNone() throws IOException {
        java.writes = false;
        assertLeftOut("Java ended with status 0 and said last: disk full");
    }

    @Test
    void isLeftOutWhereTheConversationFails() throws IOException {
        java.unanswered = 1;
        assertLeftOut("Java ended with status 0 and said last: nothing");
    }

    @Test
    void isLeftOutWhereTheStartFails() throws IOException {
        java.statusAtStart = 134;
        assertLeftOut("Java ended with status 134 and said last: fine");
    }

    @Test
    void isLeftOutWhereTheStartSaysMore() throws IOException {
        java.moreAtStart = "[warning] a line of the JVM's own\n";
        assertLeftOut("Java ended with status 0 and said last: fine");
    }

    @Test
    void isLeftOutWhereJavaCannotBeRun() throws IOException {
        java.failure = new IOException("no \u001b[31m such file");
        assertLeftOut("no ?[31m such file");
    }

    private void assertLeftOut(String reason) throws IOException {
        assertEquals(List.of(), flags(jar));
        String sentence = "user-service: no fast start, only the plain one: " + reason + "\n";
        assertEquals(MAKING + sentence, said());
        assertEquals(List.of(jar), list(folder), "nothing half written stays");
    }

    @Test
    void isLeftOutWhereSomethingElseHasItsName() throws IOException {
        Path archive = archive();
        Files.delete(archive);
        Files.createDirectories(archive.resolve("full"));
        assertEquals(List.of(), flags(jar));
        assertEquals(List.of(jar, archive), list(folder));
    }
}
