package dev.userservice.register;

import dev.userservice.model.OwnerOnly;
import dev.userservice.model.Printable;
import dev.userservice.settings.Places;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Makes the archive from which a JVM starts this JAR fast, from a conversation with the server on its sample data. It
 * is named only if a start from it has succeeded, stands beside the JAR or else in the user's cache folder, can be read
 * by its owner alone, and appears whole or not at all. One that is there already and works is used again; a JAR's older
 * ones by the same Java are deleted.
 *
 * @param java the program that runs the JAR, {@code version} its version
 * @param jar the JAR's absolute path
 * @param err where it says what it is doing
 */
record FastStart(Path java, Runtime.Version version, Path jar, Places places, Child.Runner runner, PrintStream err) {

    /**
     * Whatever becomes of the archive, the JVM says nothing on standard output, which is the protocol's: neither that
     * it cannot use it, nor that it ends because of one that was cut short.
     */
    private static final List<String> FLAGS = List.of(
            "-Xlog:disable",
            "-Xlog:all=warning:stderr",
            "-XX:+SuppressFatalErrorMessage",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1");

    /** Both eras of the protocol, every tool, an error and a refusal, a request each line. */
    private static final String WARM_UP = read("warm-up.jsonl");

    private static final String INITIALIZE = WARM_UP.lines().findFirst().orElseThrow() + "\n";
    private static final String WORKSHOP = ".user-service-";

    /** Returns the flags to start the JAR with; none where there is no archive, and then says why. */
    List<String> flags() {
        try {
            List<String> flags = new ArrayList<>(FLAGS);
            if (kind() == ArchiveKind.AHEAD_OF_TIME) {
                flags.add("-D" + CachedJar.PROPERTY + "=" + CachedJar.state(jar));
            }
            flags.addAll(kind().reading(archive()));
            return flags;
        } catch (IOException | InvalidPathException e) {
            err.println("user-service: no fast start, only the plain one: " + Printable.of(e.getMessage()));
            return List.of();
        }
    }

    private Path archive() throws IOException {
        CompletableFuture<Path> made = new CompletableFuture<>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            runner.end(); // a child that went on would go on writing there
            made.thenAccept(FastStart::delete);
        }));
        Path workshop = workshop();
        made.complete(workshop);
        try {
            String state = Files.size(jar) + "\n" + Files.getLastModifiedTime(jar) + "\n" + version;
            Path archive = workshop.resolveSibling(prefix() + fingerprint(state) + kind().suffix);
            if (!isOwn(archive, workshop) || !works(archive)) {
                Files.move(make(workshop.resolve("archive")), archive, StandardCopyOption.ATOMIC_MOVE);
            }
            files(archive.getParent(), name -> name.startsWith(prefix()) && !archive.endsWith(name))
                    .forEach(File::delete);
            return archive;
        } finally {
            delete(workshop);
        }
    }

    /** Returns a new folder that nobody else can enter, in the one where the archive will stand. */
    private Path workshop() throws IOException {
        try {
            return Files.createTempDirectory(jar.getParent(), WORKSHOP);
        } catch (IOException e) {
            Path cache = places.cache();
            Files.createDirectories(cache, OwnerOnly.folder(cache));
            return Files.createTempDirectory(cache, WORKSHOP);
        }
    }

    /** An archive is code: one that somebody else has put there is not for us. */
    private static boolean isOwn(Path archive, Path workshop) throws IOException {
        return Files.isRegularFile(archive, LinkOption.NOFOLLOW_LINKS)
                && Files.getOwner(archive, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(workshop));
    }

    private Path make(Path archive) throws IOException {
        err.println("user-service: making the archive for the fast start; this takes some seconds");
        String audit = archive.resolveSibling("audit.jsonl").toString(); // a file, as the clients' servers have
        Child warmUp = runner.run(
                command(List.of(kind().writing(archive))), Map.of("USER_SERVICE_AUDIT_FILE", audit), WARM_UP);
        // Besides the answers: a JVM that writes an archive says so on standard output.
        long answers = warmUp.out().lines().filter(line -> line.startsWith("{")).count();
        long requests = WARM_UP.lines().filter(line -> line.contains("\"id\"")).count();
        require(answers == requests && Files.isRegularFile(archive), warmUp);
        start(archive);
        OwnerOnly.restrict(archive);
        return archive;
    }

    private boolean works(Path archive) {
        try {
            start(archive);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Requires that a start succeeds; an archive that is cut short ends the JVM before it has read its input. */
    private void start(Path archive) throws IOException {
        List<String> flags = new ArrayList<>(kind().reading(archive));
        flags.add(kind().strictly);
        Child start = runner.run(command(flags), Map.of(), INITIALIZE);
        boolean answered = start.out().lines().count() == 1 && start.out().contains("\"protocolVersion\"");
        require(start.status() == 0 && answered, start);
    }

    private static void require(boolean holds, Child child) throws IOException {
        if (!holds) {
            String last =
                    child.err().strip().lines().reduce((line, next) -> next).orElse("nothing");
            throw new IOException("Java ended with status " + child.status() + " and said last: " + last);
        }
    }

    private List<String> command(List<String> flags) {
        return Stream.of(List.of(java.toString()), FLAGS, flags, List.of("-jar", jar.toString(), "serve", "--demo"))
                .flatMap(List::stream)
                .toList();
    }

    private ArchiveKind kind() {
        return ArchiveKind.of(version);
    }

    /** Begins the name of every archive of this JAR that this Java makes. */
    private String prefix() {
        return jar.getFileName() + "-" + fingerprint(jar + "\n" + java) + "-";
    }

    private static String fingerprint(String text) {
        return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8))
                .toString()
                .substring(0, 8);
    }

    private static void delete(Path workshop) {
        files(workshop, name -> true).forEach(File::delete);
        workshop.toFile().delete();
    }

    private static Stream<File> files(Path folder, Predicate<String> wanted) {
        return Stream.ofNullable(folder.toFile().listFiles((parent, name) -> wanted.test(name)))
                .flatMap(Stream::of);
    }

    private static String read(String resource) {
        try (InputStream in = FastStart.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
