package dev.userservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the built JAR prints to register itself, pasted and started as a client does it. */
@DisabledOnOs(OS.WINDOWS)
final class RegisterIT {

    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private static final Path BUILT = Path.of(System.getProperty("user-service.jar", "target/user-service.jar"));
    private static final String MESSAGES = ServerProcess.initialize("2025-11-25") + """

      {"jsonrpc":"2.0","id":"list","method":"tools/list"}
      """;

    @TempDir
    private Path folder;

    private Path jar;
    private Path token;
    private final Map<String, String> environment = new LinkedHashMap<>();

    @BeforeEach
    void install() throws IOException {
        boolean utf8 = System.getProperty("sun.jnu.encoding").startsWith("UTF");
        Path odd = Files.createDirectory(
                folder.resolve((utf8 ? "Ünser" : "Our") + " \"folder\" it's; $(touch pwned) `x`"));
        jar = Files.copy(BUILT, odd.resolve("user-service.jar"));
        token = Files.writeString(odd.resolve("tok'en"), "0123456789abcdef");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
        environment.put("PATH", System.getenv("PATH"));
        environment.put("LC_ALL", utf8 ? "C.UTF-8" : "C");
        environment.put("HOME", folder.toString());
        environment.put("INTERNAL_API_URL", "https://users.corp.example/v1");
        environment.put("INTERNAL_API_TOKEN_FILE", "tok'en");
        environment.put("INTERNAL_API_DEPARTMENT_VALUES", "sales=Vertrieb & $HOME");
    }

    private Run run(List<String> command, Map<String, String> variables, Path place, String input) throws Exception {
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        ProcessBuilder builder = new ProcessBuilder(command).directory(place.toFile());
        builder.environment().clear();
        builder.environment().putAll(variables);
        Process process =
                builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private Run register(String... options) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(JAVA, "-jar", jar.getFileName().toString(), "register"));
        command.addAll(List.of(options));
        return run(command, environment, jar.getParent(), "");
    }

    private List<String> besidesTheJar() throws IOException {
        try (Stream<Path> files = Files.list(jar.getParent())) {
            return files.filter(file -> !file.equals(jar) && !file.equals(token))
                    .map(file -> file.getFileName().toString())
                    .toList();
        }
    }

    /**
     * Returns the answers of a server that is started with these words alone, and requires that there is no byte more.
     */
    private List<JsonNode> serve(List<String> command, Map<String, String> variables) throws Exception {
        Run run = run(command, variables, Path.of("/"), MESSAGES);
        assertEquals(0, run.status(), run.err());
        List<JsonNode> answers = run.out().lines().map(ServerProcess::parse).toList();
        assertEquals(
                List.of("init", "list"),
                answers.stream().map(answer -> answer.path("id").asText()).toList());
        assertEquals(2, answers.get(1).at("/result/tools").size());
        return answers;
    }

    @Test
    void aPastedLineRegistersWhatRuns() throws Exception {
        Path bin = Files.createDirectory(folder.resolve("bin"));
        Path claude = Files.writeString(bin.resolve("claude"), "#!/bin/sh\nprintf '%s\\0' \"$@\" > ../arguments\n");
        Files.setPosixFilePermissions(claude, PosixFilePermissions.fromString("rwxr-xr-x"));
        environment.merge("PATH", bin + ":", (path, first) -> first + path);
        String script = "\"$0\" -jar user-service.jar register > line.sh && sh line.sh && rm line.sh";
        Run pasted = run(List.of("sh", "-c", script, JAVA), environment, jar.getParent(), "");
        assertEquals(0, pasted.status(), pasted.err());
        assertTrue(pasted.err().contains("\nPaste this into a shell; "), pasted.err());

        List<String> words =
                Arrays.asList(Files.readString(folder.resolve("arguments")).split("\0", -1));
        int end = words.indexOf("--");
        assertEquals("mcp add --transport stdio --scope user user-service", String.join(" ", words.subList(0, 7)));
        Map<String, String> handed = new LinkedHashMap<>();
        for (int i = 7; i < end; i += 2) {
            assertEquals("--env", words.get(i));
            handed.put(
                    words.get(i + 1).replaceFirst("(?s)=.*", ""),
                    words.get(i + 1).replaceFirst("(?s).*?=", ""));
        }
        assertEquals(token.toString(), handed.get("INTERNAL_API_TOKEN_FILE"));
        assertEquals("sales=Vertrieb & $HOME", handed.get("INTERNAL_API_DEPARTMENT_VALUES"));
        List<String> command = words.subList(end + 1, words.size() - 1);
        assertEquals(JAVA, command.get(0));
        serve(command, handed);
        assertTrue(Files.exists(Path.of(handed.get("USER_SERVICE_AUDIT_FILE"))));
        assertFalse(Files.exists(jar.resolveSibling("pwned")) || Files.exists(folder.resolve("pwned")));
    }

    @Test
    void neverSaysMoreThanItsAnswersWhateverBecomesOfTheArchive() throws Exception {
        List<String> command = command(register("--demo", "--client", "cursor"));
        Path archive = jar.resolveSibling(besidesTheJar().get(0));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(archive)));
        List<String> strict = new ArrayList<>(command);
        strict.add(1, archive.toString().endsWith(".aot") ? "-XX:AOTMode=on" : "-Xshare:on");
        serve(strict, environment);
        Path whole = Files.copy(archive, folder.resolve("whole"));
        for (Path unfit : unfit(archive)) {
            Files.move(unfit, archive, StandardCopyOption.REPLACE_EXISTING);
            serve(command, environment);
        }
        byte[] half = Files.readAllBytes(whole);
        Files.write(archive, Arrays.copyOf(half, half.length / 2)); // of which a JVM may die
        Run cut = run(command, environment, Path.of("/"), MESSAGES);
        assertTrue(cut.out().lines().allMatch(line -> line.startsWith("{\"jsonrpc\"")), cut.out());
        register("--demo", "--client", "cursor");
        serve(strict, environment);
        Files.delete(archive);
        serve(command, environment);
        Files.move(whole, archive);
        Files.setLastModifiedTime(jar, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
        serve(command, environment);
    }

    /** A JVM may run the old one's classes from its cache (JDK-8377932). */
    @Test
    void runsTheJarThatIsThereWhateverTheArchiveWasMadeFrom() throws Exception {
        List<String> command = command(register("--demo", "--client", "cursor"));
        command.set(command.size() - 1, "--help");
        String before = run(command, environment, folder, "").out();
        Files.move(changed(jar), jar, StandardCopyOption.REPLACE_EXISTING);
        String after = run(command, environment, folder, "").out();
        assertEquals(before.replace("Print how to register", "Write how to register"), after);
        assertNotEquals(before, after);
        command.set(command.size() - 1, "--demo");
        serve(command, environment);
    }

    /** Returns a copy of the JAR in which one class says something else. */
    private Path changed(Path original) throws IOException {
        Path copy = folder.resolve("changed.jar");
        try (ZipFile in = new ZipFile(original.toFile());
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(copy))) {
            for (ZipEntry entry : in.stream().toList()) {
                String bytes = new String(in.getInputStream(entry).readAllBytes(), StandardCharsets.ISO_8859_1);
                out.putNextEntry(new ZipEntry(entry.getName()));
                out.write(bytes.replace("Print how to register", "Write how to register")
                        .getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return copy;
    }

    /** Returns files that are no archive, none of this JAR, or none of this Java. */
    private List<Path> unfit(Path archive) throws Exception {
        byte[] other = Files.readAllBytes(archive);
        other[8] ^= 1; // the format's version, which other Javas have another of
        Path foreign = folder.resolve("foreign");
        run(
                List.of(
                        JAVA,
                        "-XX:ArchiveClassesAtExit=" + foreign,
                        "-cp",
                        BUILT.toAbsolutePath().toString(),
                        "dev.userservice.Main",
                        "--version"),
                environment,
                folder,
                "");
        return List.of(
                Files.createFile(folder.resolve("empty")),
                Files.writeString(folder.resolve("text"), "garbage\n".repeat(10_000)),
                Files.write(folder.resolve("other"), other),
                foreign);
    }

    @Test
    void twoAtOnceHarmNothing() throws Exception {
        CompletableFuture<Run> other = CompletableFuture.supplyAsync(this::registerDemo);
        Run run = registerDemo();
        assertEquals(run.out(), other.join().out());
        assertEquals(1, besidesTheJar().size(), besidesTheJar().toString());
        serve(command(run), environment);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void leavesNothingBehindWhereASignalEndsIt(boolean archived) throws Exception {
        if (archived) {
            registerDemo();
        }
        List<String> before = besidesTheJar();
        ProcessBuilder builder =
                new ProcessBuilder(JAVA, "-jar", jar.getFileName().toString(), "register");
        builder.directory(jar.getParent().toFile()).environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        while (process.isAlive() && process.children().findAny().isEmpty()) {
            Thread.onSpinWait(); // until the server is started that the archive is made from, or tried with
        }
        process.destroy();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        for (ProcessHandle orphan : runningTheJar()) {
            orphan.onExit().get(60, TimeUnit.SECONDS);
        }
        assertEquals(before, besidesTheJar());
    }

    private List<ProcessHandle> runningTheJar() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains(jar.toString()))
                .toList();
    }

    private Run registerDemo() {
        try {
            return register("--demo", "--client", "cursor");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @EnabledForJreRange(max = JRE.JAVA_24)
    void printsWhatTheReadmeShows() throws Exception {
        Path settings = jar.resolveSibling("user-service.env");
        Files.writeString(settings, """
        INTERNAL_API_URL=https://users.corp.example/v1
        INTERNAL_API_TOKEN=0123456789abcdef
        """);
        environment.keySet().removeIf(name -> name.startsWith("INTERNAL_API_"));
        Run run = register("--client", "claude-desktop", "--env-file", "user-service.env");
        Matcher shown = Pattern.compile("(?ms)^```json\n(\\{\"mcpServers.*?)^```")
                .matcher(Files.readString(Path.of("README.md")));
        assertTrue(shown.find());
        assertEquals(withoutFolders(shown.group(1)), withoutFolders(run.out()));
        serve(command(run), environment);
    }

    private static String withoutFolders(String json) {
        return ServerProcess.parse(json)
                .toString()
                .replaceAll(",\"LC_ALL\":\"[^\"]*\"", "")
                .replaceAll("/(?:[^/\"\\\\]|\\\\.)*(?=/)", "")
                .replaceAll("-[0-9a-f]{8}-[0-9a-f]{8}\\.", ".");
    }

    @Test
    void printsThePlainLineWhereTheDiskIsFull() throws Exception {
        String script = "ulimit -f 1000; exec \"$0\" -jar user-service.jar register --demo --client cursor";
        Run run = run(List.of("sh", "-c", script, JAVA), environment, jar.getParent(), "");
        assertEquals(List.of(JAVA, "-jar", jar.toString(), "--demo"), command(run));
        assertTrue(run.err().contains("\nuser-service: no fast start, only the plain one: "), run.err());
        assertEquals(List.of(), besidesTheJar());
    }

    @Test
    void wrongSettingsAreFoundBeforeAnythingIsMade() throws Exception {
        environment.put("INTERNAL_API_TOKEN", "0123456789abcdef");
        Run run = register();
        assertEquals(3, run.status());
        assertEquals("", run.out());
        assertTrue(run.err().contains("name that by INTERNAL_API_TOKEN_FILE\n"), run.err());
        assertFalse(run.err().contains("0123456789abcdef"), run.err());
        assertEquals(List.of(), besidesTheJar());
    }

    private static List<String> command(Run run) {
        assertEquals(0, run.status(), run.err());
        JsonNode server = ServerProcess.parse(run.out()).at("/mcpServers/user-service");
        List<String> command = new ArrayList<>(List.of(server.path("command").asText()));
        server.path("args").forEach(word -> command.add(word.asText()));
        return command;
    }
}
