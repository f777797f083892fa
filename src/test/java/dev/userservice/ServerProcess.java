package dev.userservice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The built JAR as a child process, spoken to line by line over real pipes. */
public final class ServerProcess implements AutoCloseable {

    public static final String TOKEN = "tok-0123456789abcdef-secret";

    private static final long PATIENCE_SECONDS = 30;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private static final String JAR = System.getProperty("user-service.jar", "target/user-service.jar");

    /** A conversation that loads what most tests need. */
    private static final String WARM_UP = """
      {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"w","version":"1"}}}
      {"jsonrpc":"2.0","id":1,"method":"tools/list"}
      {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"get_user","arguments":{"user_id":"902"}}}
      {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"list_users_by_department","arguments":{"department":"sales"}}}
      """;

    private static final List<String> OPTIONS = options();

    private final Process process;
    private final Path folder;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final List<String> unmatched = new ArrayList<>();
    private final List<String> transcript = new CopyOnWriteArrayList<>();

    private ServerProcess(Process process, Path folder) {
        this.process = process;
        this.folder = folder;
        Thread reader = new Thread(this::read, "stdout of " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /** The command that runs the JAR with the JVM the tests run on. */
    public static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(JAVA);
        command.addAll(OPTIONS);
        command.add("-jar");
        command.add(JAR);
        command.addAll(List.of(arguments));
        return command;
    }

    /** Returns what makes short runs cheap, as the README has it, where a place for an archive is named. */
    private static List<String> options() {
        String archive = System.getProperty("user-service.archive");
        if (archive == null) {
            return List.of();
        }
        List<String> options = new ArrayList<>(
                List.of("-Xlog:disable", "-Xlog:all=warning:stderr", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        List<String> writing = new ArrayList<>(options);
        writing.addAll(0, List.of(JAVA, "-XX:ArchiveClassesAtExit=" + archive));
        writing.addAll(List.of("-jar", JAR, "serve", "--demo"));
        ProcessBuilder builder = new ProcessBuilder(writing);
        builder.environment().put("USER_SERVICE_AUDIT_FILE", "stderr");
        try {
            Process process = builder.redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(WARM_UP.getBytes(StandardCharsets.UTF_8));
            }
            if (process.waitFor() != 0) {
                throw new IllegalStateException("no archive: status " + process.exitValue());
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        options.add("-XX:SharedArchiveFile=" + archive);
        return options;
    }

    /** Settings for an API at {@code url}, with limits lifted; the audit log stands in {@code folder}. */
    public static Map<String, String> settings(String url, Path folder) {
        Map<String, String> settings = new HashMap<>();
        settings.put("INTERNAL_API_URL", url);
        settings.put("INTERNAL_API_TOKEN", TOKEN);
        settings.put("USER_SERVICE_RATE_PER_MINUTE", "1000000");
        settings.put("USER_SERVICE_RATE_BURST", "1000000");
        settings.put("USER_SERVICE_DISCLOSURE_PER_DAY", "100000000");
        settings.put("USER_SERVICE_AUDIT_FILE", folder.resolve("audit.jsonl").toString());
        return settings;
    }

    public static ServerProcess start(Map<String, String> settings, Path folder, String... arguments) {
        return start(command(arguments), settings, folder);
    }

    /** Starts any server that takes these settings. */
    static ServerProcess start(List<String> command, Map<String, String> settings, Path folder) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(folder.toFile());
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("USER_SERVICE_") || name.contains("INTERNAL_API"));
        builder.environment().putAll(settings);
        builder.redirectError(Redirect.appendTo(folder.resolve("stderr.txt").toFile()));
        try {
            return new ServerProcess(builder.start(), folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                transcript.add(line);
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add("the pipe broke");
        }
    }

    public Process process() {
        return process;
    }

    public void write(byte[] bytes) throws IOException {
        OutputStream in = process.getOutputStream();
        in.write(bytes);
        in.flush();
    }

    public void line(String line) throws IOException {
        write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the line that asks for a version of the protocol, under the ID {@code "init"}. */
    public static String initialize(String version) {
        return """
        {"jsonrpc":"2.0","id":"init","method":"initialize","params":{"protocolVersion":"%s",\
        "capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""".formatted(version);
    }

    /** Sends a signal, and returns when it is sent. */
    public void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    public JsonNode initialize() throws IOException {
        line(initialize("2025-11-25"));
        JsonNode answer = answer("\"init\"");
        line("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
        return answer;
    }

    public void callUser(String id, String userId) throws IOException {
        line("""
        {"jsonrpc":"2.0","id":%s,"method":"tools/call","params":{"name":"get_user","arguments":{"user_id":"%s"}}}""".formatted(id, userId));
    }

    /** Returns the next message, whatever it is. */
    public JsonNode next() {
        return parse(poll());
    }

    /** Returns the message with this id (as JSON text), keeping those that come before it. */
    public JsonNode answer(String id) {
        for (String line = poll(); ; line = poll()) {
            JsonNode message = parse(line);
            if (message.path("id").toString().equals(id)) {
                return message;
            }
            unmatched.add(line);
        }
    }

    /** Returns what came before the answers asked for, and forgets it. */
    public List<String> others() {
        List<String> others = List.copyOf(unmatched);
        unmatched.clear();
        return others;
    }

    /** Sends a ping and returns everything that was answered before it. */
    public List<String> answersBeforePing() throws IOException {
        String id = "\"ping-" + System.nanoTime() + "\"";
        line("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"ping\"}");
        answer(id);
        return others();
    }

    private String poll() {
        try {
            String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (line == null) {
                throw new AssertionError("no message came; standard error: " + stderr());
            }
            return line;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Closes standard input and returns the exit status. */
    public int end() throws IOException, InterruptedException {
        process.getOutputStream().close();
        return await();
    }

    public int await() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the process goes on");
        }
        return process.exitValue();
    }

    /** Returns the lines still unread, the process having ended. */
    public List<String> rest() {
        List<String> rest = new ArrayList<>();
        lines.drainTo(rest);
        return rest;
    }

    /** Returns every line there was on standard output. */
    public List<String> transcript() {
        return transcript;
    }

    public String stderr() {
        try {
            return Files.readString(folder.resolve("stderr.txt"));
        } catch (IOException e) {
            return "";
        }
    }

    public List<JsonNode> audit(Predicate<JsonNode> filter) throws IOException {
        return Files.readAllLines(folder.resolve("audit.jsonl")).stream()
                .map(ServerProcess::parse)
                .filter(filter)
                .toList();
    }

    /** Returns the results of the calls recorded so far, in order. */
    public List<String> results() throws IOException {
        return audit(line -> line.path("event").asText().equals("tool_call")).stream()
                .map(line -> line.path("result").asText())
                .toList();
    }

    public static String render(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    public static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new AssertionError("no JSON: " + line, e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
