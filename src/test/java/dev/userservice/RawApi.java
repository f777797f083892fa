package dev.userservice;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A server on a loopback port that answers byte for byte as it is told; counts connections and keeps requests. */
public final class RawApi implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 20;

    private final Answering answering;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger current = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final Semaphore ended = new Semaphore(0);
    private final Listener listener;

    /** What becomes of a connection; it is closed afterwards. */
    @FunctionalInterface
    public interface Serving {
        void serve(Socket socket) throws IOException;
    }

    /** A loopback port whose connections are served each on a thread of its own. */
    public static final class Listener implements AutoCloseable {

        private final ServerSocket server = new ServerSocket(0, 1000, InetAddress.getByName("127.0.0.1"));
        private final List<Socket> sockets = new CopyOnWriteArrayList<>();

        public Listener(Serving serving) throws IOException {
            daemon(() -> {
                while (true) {
                    Socket socket = server.accept();
                    sockets.add(socket);
                    daemon(() -> serve(serving, socket));
                }
            });
        }

        private static void serve(Serving serving, Socket socket) throws IOException {
            try (socket) {
                serving.serve(socket);
            }
        }

        public int port() {
            return server.getLocalPort();
        }

        /** Returns how many connections were made. */
        public int connections() {
            return sockets.size();
        }

        @Override
        public void close() throws IOException {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    /** Writes an answer; the connection stays open afterwards unless it is closed here. */
    @FunctionalInterface
    public interface Answering {
        void answer(Request request, Socket socket) throws IOException;
    }

    /** Holds every request until it is let go, then gives it an answer. */
    public static final class Gate implements Answering {

        private final Semaphore arrived = new Semaphore(0);
        private final Semaphore exits = new Semaphore(0);
        private final Answering answering;

        public Gate(Answering answering) {
            this.answering = answering;
        }

        @Override
        public void answer(Request request, Socket socket) throws IOException {
            arrived.release();
            exits.acquireUninterruptibly();
            answering.answer(request, socket);
        }

        /** Waits until {@code count} more requests have arrived. */
        public void await(int count) throws InterruptedException {
            RawApi.await(arrived, count);
        }

        /** Lets {@code count} requests go, those to come included. */
        public void letGo(int count) {
            exits.release(count);
        }
    }

    /** The head of a request, as it came. */
    public record Request(String head) {

        public String target() {
            return head.split(" ", 3)[1];
        }

        /** Returns the value of the one header of this name; empty where there is none. */
        public String header(String name) {
            return head.lines()
                    .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElse("");
        }
    }

    public RawApi(Answering answering) throws IOException {
        this.answering = answering;
        this.listener = new Listener(this::serve);
    }

    /** Returns an API that answers each target in {@code answers} with that JSON, any other with 404. */
    public static RawApi of(Map<String, String> answers) throws IOException {
        return new RawApi((request, socket) -> {
            String body = answers.get(request.target());
            write(socket, body == null ? response("404 Not Found", "{}") : ok(body));
        });
    }

    /** Returns an API that gives every request the same answer. */
    public static RawApi always(String answer) throws IOException {
        return new RawApi((request, socket) -> write(socket, answer));
    }

    public static String ok(String json) {
        return response("200 OK", json);
    }

    public static String response(String status, String body, String... headers) {
        String further = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        return "HTTP/1.1 " + status + "\r\n" + further + "Content-Length: " + length + "\r\n\r\n" + body;
    }

    public static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    public int port() {
        return listener.port();
    }

    public String url() {
        return "http://127.0.0.1:" + port();
    }

    public List<Request> requests() {
        return requests;
    }

    public List<String> targets() {
        return requests.stream().map(Request::target).toList();
    }

    /** Returns how many connections were made. */
    public int connections() {
        return listener.connections();
    }

    /** Waits until there is a connection. */
    public void awaitConnection() {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (connections() == 0 && System.nanoTime() < giveUp) {
            Thread.onSpinWait();
        }
    }

    /** Returns the most requests there were at a time. */
    public int most() {
        return most.get();
    }

    /** Waits until one more connection is at its end, whichever side ended it. */
    public void awaitEnd() throws InterruptedException {
        await(ended, 1);
    }

    private static void await(Semaphore semaphore, int count) throws InterruptedException {
        if (!semaphore.tryAcquire(count, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("only " + semaphore.availablePermits() + " of " + count);
        }
    }

    private void serve(Socket socket) throws IOException {
        try {
            for (String head = head(socket.getInputStream()); !head.isEmpty(); head = head(socket.getInputStream())) {
                Request request = new Request(head);
                requests.add(request);
                most.accumulateAndGet(current.incrementAndGet(), Math::max);
                try {
                    answering.answer(request, socket);
                } finally {
                    current.decrementAndGet();
                }
            }
        } finally {
            ended.release();
        }
    }

    /** Returns what comes before the first empty line; nothing at the end of the connection. */
    static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            head.write(b);
            if (b == '\n' && head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                return head.toString(StandardCharsets.ISO_8859_1);
            }
        }
        return "";
    }

    /** What ends when a connection does. */
    @FunctionalInterface
    interface Task {
        void run() throws IOException;
    }

    static void daemon(Task task) {
        Runnable quiet = () -> {
            try {
                task.run();
            } catch (IOException e) {
                // one side hung up
            }
        };
        Thread thread = new Thread(quiet, "raw-api");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
