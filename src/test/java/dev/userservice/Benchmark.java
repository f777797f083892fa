package dev.userservice;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Measures the built JAR on this machine: start-up and memory beside a bare JVM, calls per second by how many run at a
 * time, and what a department's size costs. Prints tables; asserts nothing. {@code mvn -Pbenchmark -DskipTests
 * -DskipITs verify}
 */
public final class Benchmark {

    private static final int RUNS = 7;
    private static final int CALLS = 1000;
    private static final int ROUNDS = 3;

    private final Path folder;
    private final HttpServer api;

    private Benchmark(Path folder, HttpServer api) {
        this.folder = folder;
        this.api = api;
    }

    public static void main(String[] arguments) throws Exception {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // else it answers 40 ms late (Nagle's algorithm)
        HttpServer api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        api.setExecutor(Executors.newCachedThreadPool(Benchmark::daemon));
        api.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            byte[] body = (path.startsWith("/users/") ? user(path.substring(7)) : department(path))
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        api.start();
        Benchmark benchmark = new Benchmark(Files.createTempDirectory("benchmark"), api);
        benchmark.startUp();
        benchmark.load();
        benchmark.departments();
        api.stop(0);
    }

    private void startUp() throws Exception {
        System.out.printf("%-12s %14s %14s %14s%n", "start-up", "initialize ms", "first call ms", "peak MiB");
        List<String> java = ServerProcess.command("--version");
        System.out.printf(
                "%-12s %14.0f%n",
                "bare JVM", median(() -> {
                    long begin = System.nanoTime();
                    new ProcessBuilder(java.get(0), "-version")
                            .redirectErrorStream(true)
                            .start()
                            .waitFor();
                    return millis(begin);
                }));
        double[][] rows = new double[3][RUNS];
        for (int run = 0; run < RUNS; run++) {
            long begin = System.nanoTime();
            try (ServerProcess server = ServerProcess.start(settings(8), folder)) {
                server.initialize();
                rows[0][run] = millis(begin);
                server.callUser("1", "1");
                server.answer("1");
                rows[1][run] = millis(begin);
                rows[2][run] = peakMebibytes(server.process().pid());
                server.end();
            }
        }
        System.out.printf(
                "%-12s %14.0f %14.0f %14.0f%n%n", "user-service", median(rows[0]), median(rows[1]), median(rows[2]));
    }

    private void load() throws Exception {
        System.out.printf("%-12s %14s %14s%n", "at a time", "calls/s", "peak MiB");
        for (int places : new int[] {1, 8, 64, 256}) {
            try (ServerProcess server = ServerProcess.start(settings(places), folder)) {
                server.initialize();
                double rate = 0;
                for (int round = 0; round < ROUNDS; round++) {
                    long begin = System.nanoTime();
                    for (int i = 0; i < CALLS; i++) {
                        server.callUser(Integer.toString(i), "1");
                    }
                    for (int i = 0; i < CALLS; i++) {
                        server.next();
                    }
                    rate = CALLS * 1000.0 / millis(begin);
                }
                System.out.printf(
                        "%-12d %14.0f %14.0f%n",
                        places, rate, peakMebibytes(server.process().pid()));
                server.end();
            }
        }
        System.out.println();
    }

    private void departments() throws Exception {
        System.out.printf("%-12s %14s %14s%n", "department", "page ms", "peak MiB");
        for (int size : new int[] {100, 1_000, 10_000, 100_000}) {
            Map<String, String> settings = settings(8);
            settings.put("USER_SERVICE_DEPARTMENTS", "d" + size);
            try (ServerProcess server = ServerProcess.start(settings, folder)) {
                server.initialize();
                double pages = median(() -> {
                    long begin = System.nanoTime();
                    server.line("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":"
                            + "\"list_users_by_department\",\"arguments\":{\"department\":\"d" + size + "\"}}}");
                    JsonNode answer = server.answer("1");
                    if (answer.at("/result/structuredContent/total").asInt() != size) {
                        throw new IllegalStateException(answer.toString());
                    }
                    return millis(begin);
                });
                System.out.printf(
                        "%-12d %14.1f %14.0f%n",
                        size, pages, peakMebibytes(server.process().pid()));
                server.end();
            }
        }
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

    private static String department(String path) {
        int size = Integer.parseInt(path.replaceAll("[^0-9]", ""));
        return IntStream.rangeClosed(1, size)
                .mapToObj(id -> user(Integer.toString(id)))
                .collect(Collectors.joining(",", "{\"users\":[", "]}"));
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

    /** What is measured, in milliseconds. */
    private interface Measurement {
        double run() throws Exception;
    }

    private static double median(Measurement measurement) throws Exception {
        List<Double> all = new ArrayList<>();
        for (int run = 0; run < RUNS; run++) {
            all.add(measurement.run());
        }
        return median(all.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
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
