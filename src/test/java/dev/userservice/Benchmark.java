package dev.userservice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.userservice.audit.AuditFile;
import dev.userservice.limit.DisclosureBudget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Measures the built JAR on this machine, plain and as {@code register} has it started: start, memory, calls per second
 * and how cost grows, in turns with a peer where one is named. Prints tables; asserts nothing.
 *
 * <p>{@code mvn -Pbenchmark -DskipTests -DskipITs verify -Dbenchmark.peer="node server.mjs"}; the peer is any stdio
 * server with a {@code get_user} that takes {@code INTERNAL_API_URL} and {@code INTERNAL_API_TOKEN}.
 */
public final class Benchmark {

    private static final int RUNS = 9;
    private static final int CALLS = 1000;
    private static final int ROUNDS = 10;
    private static final int THIRD = 2;
    private static final int SERVERS_AT_ONCE = 4;

    /** Calls sent and not yet answered; a peer may open a connection for each. */
    private static final int AT_ONCE = 64;

    private final Path folder = Files.createTempDirectory("benchmark");
    private final HttpServer api;
    private final Map<String, List<String>> commands = new LinkedHashMap<>();

    private Benchmark(HttpServer api, String peer) throws Exception {
        this.api = api;
        if (!peer.isBlank()) {
            commands.put("peer", List.of(peer.strip().split(" +")));
        }
        commands.put("plain", ServerProcess.command());
        commands.put("registered", registered());
    }

    public static void main(String[] arguments) throws Exception {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // else it answers 40 ms late (Nagle's algorithm)
        System.setProperty("slf4j.provider", "dev.userservice.app.Diagnostics"); // the tests' class path holds two
        System.setProperty("slf4j.internal.verbosity", "WARN");
        HttpServer api = api();
        api.start();
        String peer = System.getProperty("benchmark.peer", "");
        System.out.printf(
                "Java %s, %d processors; beside: %s%n%n",
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                peer.isBlank() ? "no peer, see -Dbenchmark.peer" : peer);
        Benchmark benchmark = new Benchmark(api, peer);
        benchmark.starts();
        benchmark.load();
        benchmark.places();
        benchmark.departments();
        benchmark.records();
        api.stop(0);
    }

    private static HttpServer api() throws IOException {
        Map<String, byte[]> answers = new ConcurrentHashMap<>(); // so that making them is not measured
        HttpServer api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), AT_ONCE);
        api.setExecutor(Executors.newCachedThreadPool(Benchmark::daemon));
        api.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            byte[] body = path.startsWith("/users/")
                    ? user(path.substring(7)).getBytes(StandardCharsets.UTF_8)
                    : answers.computeIfAbsent(path, Benchmark::department);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        return api;
    }

    /** Returns the command of the configuration that {@code register} prints, with the archive it has written. */
    private List<String> registered() throws Exception {
        List<String> register = ServerProcess.command("register", "--client", "claude-desktop", "--demo");
        Process process = new ProcessBuilder(register)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        JsonNode server = new ObjectMapper().readTree(process.getInputStream()).at("/mcpServers/user-service");
        List<String> command = new ArrayList<>(List.of(server.path("command").asText()));
        server.path("args").forEach(argument -> command.add(argument.asText()));
        command.remove("--demo");
        return command;
    }

    private void starts() throws Exception {
        print("start", "initialize ms", "first call ms", "peak MiB", "end ms", "four at once ms");
        Map<String, double[][]> rows = new LinkedHashMap<>();
        commands.keySet().forEach(name -> rows.put(name, new double[RUNS][]));
        for (int run = 0; run < RUNS; run++) {
            for (String name : commands.keySet()) {
                rows.get(name)[run] = start(commands.get(name));
            }
        }
        rows.forEach((name, runs) -> print(name, medians(runs)));
    }

    private double[] start(List<String> command) throws Exception {
        long begin = System.nanoTime();
        try (ServerProcess server = ServerProcess.start(command, settings(8), folder)) {
            server.initialize();
            double initialized = millis(begin);
            server.callUser("1", "1");
            server.answer("1");
            double called = millis(begin);
            double peak = peakMebibytes(server.process().pid());
            long closed = System.nanoTime();
            server.end();
            return new double[] {initialized, called, peak, millis(closed), startOfSeveral(command)};
        }
    }

    /** Returns how long it takes until the last of several servers, started at once, has answered. */
    private double startOfSeveral(List<String> command) throws Exception {
        long begin = System.nanoTime();
        List<ServerProcess> servers = new ArrayList<>();
        for (int i = 0; i < SERVERS_AT_ONCE; i++) {
            servers.add(ServerProcess.start(command, settings(8), folder));
        }
        for (ServerProcess server : servers) {
            server.initialize();
        }
        double all = millis(begin);
        for (ServerProcess server : servers) {
            server.end();
            server.close();
        }
        return all;
    }

    private void load() throws Exception {
        print("calls", "third 1000: /s", "CPU ms each", "tenth 1000: /s", "CPU ms each", "peak MiB");
        for (String name : commands.keySet()) {
            print(name, load(commands.get(name), AT_ONCE, CALLS));
        }
    }

    private void places() throws Exception {
        print("at a time", "third 1000: /s", "CPU ms each", "tenth 1000: /s", "CPU ms each", "peak MiB");
        for (int places : new int[] {1, 8, AT_ONCE}) {
            print(Integer.toString(places), load(commands.get("registered"), places, CALLS));
        }
    }

    /** Sends calls a thousand a round, 64 at once. */
    private double[] load(List<String> command, int places, int calls) throws Exception {
        try (ServerProcess server = ServerProcess.start(command, settings(places), folder)) {
            server.initialize();
            double[][] rounds = new double[ROUNDS][];
            for (int round = 0; round < ROUNDS; round++) {
                long begin = System.nanoTime();
                Duration used = cpu(server);
                for (int i = 0; i < calls + AT_ONCE; i++) {
                    if (i < calls) {
                        server.callUser(Integer.toString(i), "1");
                    }
                    if (i >= AT_ONCE) {
                        server.next();
                    }
                }
                double millis = millis(begin);
                double cpu = cpu(server).minus(used).toNanos() / 1e6 / calls;
                rounds[round] = new double[] {calls * 1000 / millis, cpu};
            }
            double peak = peakMebibytes(server.process().pid());
            server.end();
            double[] third = rounds[THIRD];
            double[] last = rounds[ROUNDS - 1];
            return new double[] {third[0], third[1], last[0], last[1], peak};
        }
    }

    private void departments() throws Exception {
        print("department", "page ms", "peak MiB");
        for (int size : new int[] {100, 1_000, 10_000, 100_000, 500_000}) {
            Map<String, String> settings = settings(8);
            settings.put("USER_SERVICE_DEPARTMENTS", "d" + size);
            settings.put("INTERNAL_API_MAX_RESPONSE_BYTES", "1000000000");
            try (ServerProcess server = ServerProcess.start(commands.get("registered"), settings, folder)) {
                server.initialize();
                double[][] pages = new double[RUNS][];
                for (int run = 0; run < RUNS; run++) {
                    pages[run] = new double[] {page(server, size)};
                }
                print(
                        Integer.toString(size),
                        medians(pages)[0],
                        peakMebibytes(server.process().pid()));
                server.end();
            }
        }
    }

    private static double page(ServerProcess server, int size) throws IOException {
        long begin = System.nanoTime();
        server.line("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":"
                + "\"list_users_by_department\",\"arguments\":{\"department\":\"d" + size + "\"}}}");
        JsonNode answer = server.answer("1");
        if (answer.at("/result/structuredContent/total").asInt() != size) {
            throw new IllegalStateException(answer.toString());
        }
        return millis(begin);
    }

    /** What each call pays for its audit line and for counting what leaves. */
    private void records() throws IOException {
        AuditFile audit = AuditFile.at(folder.resolve("lines.jsonl"));
        DisclosureBudget budget =
                DisclosureBudget.beside(folder.resolve("lines.jsonl"), 100_000_000, Clock.systemUTC());
        byte[] line = ("x".repeat(500) + "\n").getBytes(StandardCharsets.UTF_8);
        double[][] rows = new double[CALLS][];
        for (int i = 0; i < CALLS * 3; i++) { // the last third counts
            long begin = System.nanoTime();
            audit.write(line);
            double written = millis(begin);
            begin = System.nanoTime();
            budget.requireSome();
            budget.disclose(1, 1);
            rows[i % CALLS] = new double[] {written, millis(begin)};
        }
        print("each call", "audit line ms", "count ms");
        print("", medians(rows));
    }

    private Map<String, String> settings(int places) {
        Map<String, String> settings =
                ServerProcess.settings("http://127.0.0.1:" + api.getAddress().getPort(), folder);
        settings.put("USER_SERVICE_MAX_CONCURRENT_CALLS", Integer.toString(places));
        return settings;
    }

    private static String user(String id) {
        return "{\"id\":" + id + ",\"name\":\"User " + id + "\",\"email\":\"u@corp.example\",\"status\":\"active\"}";
    }

    private static byte[] department(String path) {
        int size = Integer.parseInt(path.replaceAll("[^0-9]", ""));
        return IntStream.rangeClosed(1, size)
                .mapToObj(id -> user(Integer.toString(id)))
                .collect(Collectors.joining(",", "{\"users\":[", "]}"))
                .getBytes(StandardCharsets.UTF_8);
    }

    private static Duration cpu(ServerProcess server) {
        return server.process().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Linux only; 0 elsewhere. */
    private static double peakMebibytes(long pid) throws IOException {
        Path status = Path.of("/proc/" + pid + "/status");
        return !Files.exists(status)
                ? 0
                : Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("VmHWM"))
                        .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
                        .findFirst()
                        .orElse(0);
    }

    private static void print(String name, String... columns) {
        System.out.printf("%n%-12s", name);
        Arrays.stream(columns).forEach(column -> System.out.printf("%17s", column));
        System.out.println();
    }

    private static void print(String name, double... values) {
        System.out.printf("%-12s", name);
        Arrays.stream(values).forEach(value -> System.out.printf(value < 10 ? "%17.2f" : "%17.0f", value));
        System.out.println();
    }

    private static double[] medians(double[][] runs) {
        return IntStream.range(0, runs[0].length)
                .mapToDouble(column -> Arrays.stream(runs)
                        .mapToDouble(run -> run[column])
                        .sorted()
                        .skip(runs.length / 2)
                        .findFirst()
                        .orElseThrow())
                .toArray();
    }

    private static double millis(long begin) {
        return (System.nanoTime() - begin) / (double) TimeUnit.MILLISECONDS.toNanos(1);
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    }
}
