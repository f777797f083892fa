package dev.userservice.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.userservice.LogLines;
import dev.userservice.audit.AuditLog.EndReason;
import dev.userservice.model.Redactor;
import dev.userservice.tools.UserTools;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From the first line to the end and its one reason, through the SDK's transport over streams. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class StdioServerTest {

    private static final Duration LONG = Duration.ofHours(1);

    private final LogLines sdk = new LogLines(StdioServerTransportProvider.class);
    private final LogLines calls = new LogLines(UserTools.class);
    private final Edge edge = new Edge();
    private final CountDownLatch warm = new CountDownLatch(1);
    private final AtomicInteger warmUps = new AtomicInteger();
    private final StdioServer server =
            new StdioServer(edge.card(), edge.tools(), new Redactor(), edge.time(), this::warmUp);
    private final PipedOutputStream client = new PipedOutputStream();

    private void warmUp() {
        warmUps.addAndGet(Thread.currentThread().isDaemon() ? 1 : 100);
        warm.countDown();
    }

    /** An output that takes nothing until it is told to, or that breaks. */
    private static final class Output extends OutputStream {

        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private final CountDownLatch offered = new CountDownLatch(1);
        private final CountDownLatch reads = new CountDownLatch(1);
        private volatile boolean broken;

        @Override
        public void write(int b) throws IOException {
            offered.countDown();
            try {
                reads.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            if (broken) {
                throw new IOException("Broken pipe");
            }
            taken.write(b);
        }
    }

    @AfterEach
    void close() {
        server.close(Duration.ZERO);
        edge.close();
        calls.close();
        sdk.close();
    }

    @RepeatedTest(50)
    void answersAllThatIsPipedInBeforeTheEndOfInput() {
        String pings = IntStream.range(0, 500)
                .mapToObj(i -> Edge.ping(Integer.toString(i)))
                .collect(Collectors.joining("\n"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertEquals(Optional.of(EndReason.END_OF_INPUT), server.serve(input(pings), out));
        assertEquals(
                IntStream.range(0, 500)
                        .mapToObj(i -> Edge.pong(Integer.toString(i)) + "\n")
                        .collect(Collectors.joining()),
                out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void talksWhileTheInputIsOpen() throws Exception {
        PipedInputStream answers = new PipedInputStream();
        CompletableFuture<Optional<EndReason>> end = serve(piped(), new PipedOutputStream(answers));
        BufferedReader reader = new BufferedReader(new InputStreamReader(answers, StandardCharsets.UTF_8));
        assertFalse(end.isDone());
        say(Edge.INITIALIZE);
        assertEquals(Edge.INITIALIZED, reader.readLine());
        warm.await();
        say(Edge.ping("1"));
        assertEquals(Edge.pong("1"), reader.readLine());
        client.close();
        assertEquals(Optional.of(EndReason.END_OF_INPUT), end.get());
        assertEquals(1, warmUps.get(), "one warm-up, on a daemon thread");
    }

    @Test
    void awaitsCallsAtTheEndOfInput() throws Exception {
        CompletableFuture<Optional<EndReason>> end = serve(
                input(Edge.INITIALIZE + "\n" + Edge.request("1", "tools/call", Edge.GET_USER)),
                new ByteArrayOutputStream());
        edge.time().awaitAlarms(Edge.TURN, 1);
        assertFalse(end.isDone());
        edge.time().advance(Duration.ofSeconds(20)); // its deadline
        assertEquals(Optional.of(EndReason.END_OF_INPUT), end.get());
        assertEquals(1, edge.recorded().size());
    }

    @Test
    void awaitsTheWritingOfAnswersAtTheEndOfInput() throws Exception {
        Output output = new Output();
        CompletableFuture<Optional<EndReason>> end = serve(input(Edge.ping("1")), output);
        output.offered.await();
        edge.time().advance(LineOutput.PATIENCE.minusMillis(1));
        assertFalse(end.isDone());
        output.reads.countDown();
        assertEquals(Optional.of(EndReason.END_OF_INPUT), end.get());
        assertEquals(Edge.pong("1") + "\n", output.taken.toString(StandardCharsets.UTF_8));
    }

    @Test
    void endsWhenNothingIsReadForFiveMinutes() throws Exception {
        Output output = new Output();
        CompletableFuture<Optional<EndReason>> end = serve(input(Edge.ping("1")), output);
        output.offered.await();
        edge.time().advance(Duration.ofMinutes(5));
        assertEquals(Optional.of(EndReason.STDOUT_CLOSED), end.get());
        output.reads.countDown();
    }

    @Test
    void endsWhenTheOutputIsClosed() throws Exception {
        Output output = new Output();
        output.broken = true;
        output.reads.countDown();
        CompletableFuture<Optional<EndReason>> end = serve(piped(), output);
        say(Edge.INITIALIZE);
        assertEquals(Optional.of(EndReason.STDOUT_CLOSED), end.get());
        server.close(LONG);
        assertEquals(Optional.of(EndReason.STDOUT_CLOSED), server.stop());
        assertEquals(List.of(), sdk.lines());
    }

    @Test
    void endsAtASignal() throws Exception {
        PipedInputStream answers = new PipedInputStream();
        CompletableFuture<Optional<EndReason>> end = serve(piped(), new PipedOutputStream(answers));
        BufferedReader reader = new BufferedReader(new InputStreamReader(answers, StandardCharsets.UTF_8));
        say(Edge.INITIALIZE);
        say(Edge.request("1", "tools/call", Edge.GET_USER));
        say(Edge.ping("2"));
        assertEquals(Edge.INITIALIZED, reader.readLine());
        assertEquals(Edge.pong("2"), reader.readLine());
        assertEquals(Optional.of(EndReason.SIGNAL), server.stop());
        assertEquals(Optional.of(EndReason.SIGNAL), end.get());
        say(Edge.ping("3"));
        edge.tools().close(Duration.ZERO);
        server.close(LONG);
        assertEquals(List.of("old/1 get_user cancelled"), edge.recorded());
        assertFalse(reader.ready(), "nothing is accepted any more");
    }

    @Test
    void endsForASignalThatComesWhileCallsAreAwaited() throws Exception {
        CompletableFuture<Optional<EndReason>> end = serve(
                input(Edge.INITIALIZE + "\n" + Edge.request("1", "tools/call", Edge.GET_USER)),
                new ByteArrayOutputStream());
        edge.time().awaitAlarms(Edge.TURN, 1);
        assertEquals(Optional.of(EndReason.SIGNAL), server.stop());
        edge.tools().close(Duration.ZERO);
        assertEquals(Optional.of(EndReason.SIGNAL), end.get());
        assertEquals(Optional.of(EndReason.SIGNAL), server.stop());
        assertEquals(List.of("old/1 get_user cancelled"), edge.recorded());
    }

    @Test
    void servesNothingAfterASignalThatCameFirst() {
        server.stop();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertEquals(Optional.of(EndReason.SIGNAL), server.serve(input(Edge.ping("1")), out));
        server.close(LONG);
        assertEquals("", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void keepsTheReasonThatComesFirst() {
        assertEquals(Optional.of(EndReason.END_OF_INPUT), server.serve(input(""), new ByteArrayOutputStream()));
        server.fail();
        assertEquals(Optional.of(EndReason.END_OF_INPUT), server.stop());
    }

    @Test
    void hasNoReasonWhereAThreadHasDied() throws Exception {
        CompletableFuture<Optional<EndReason>> end = serve(piped(), new ByteArrayOutputStream());
        server.fail();
        assertEquals(Optional.empty(), end.get());
        assertEquals(Optional.empty(), server.stop());
    }

    @Test
    void acceptsNothingMoreWhereAThreadHasDied() throws Exception {
        CountDownLatch dead = new CountDownLatch(1);
        CountDownLatch passedOn = new CountDownLatch(1);
        byte[] lines = (Edge.INITIALIZE + "\n" + Edge.request("1", "tools/call", "{}") + "\n")
                .getBytes(StandardCharsets.UTF_8);
        InputStream late = new ByteArrayInputStream(lines) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                awaitUninterrupted(dead);
                int count = super.read(target, offset, length);
                if (count < 0) {
                    passedOn.countDown(); // the lines before have been dealt with
                }
                return count;
            }
        };
        CompletableFuture<Optional<EndReason>> end = serve(late, new ByteArrayOutputStream());
        server.fail();
        assertEquals(Optional.empty(), end.get());
        dead.countDown();
        passedOn.await();
        assertEquals(List.of(), edge.recorded());
    }

    @Test
    void completesSubscriptionsAtTheEndOfInput() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String listen = Edge.request(
                "1",
                "subscriptions/listen",
                "{\"notifications\":{},\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
                        + "\"io.modelcontextprotocol/clientCapabilities\":{}}}");
        assertEquals(Optional.of(EndReason.END_OF_INPUT), server.serve(input(listen), out));
        List<String> said = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(2, said.size());
        assertEquals(
                "complete", Edge.parsed(said.get(1)).at("/result/resultType").textValue());
    }

    @Test
    void waitsAWhileForAnswersToBeWritten() throws Exception {
        Output output = new Output();
        serve(input(Edge.ping("1")), output);
        output.offered.await();
        server.stop();
        Thread closing = new Thread(() -> server.close(LONG));
        closing.start();
        edge.time().advanceWhenAskedFor(LONG);
        closing.join();
        output.reads.countDown();
    }

    @Test
    void writesAnswersBeforeItLetsGoOfTheStreams() throws Exception {
        Output output = new Output();
        serve(input(Edge.ping("1")), output);
        output.offered.await();
        server.stop();
        Thread closing = new Thread(() -> server.close(LONG));
        closing.start();
        while (closing.getState() != Thread.State.WAITING) {
            assertTrue(closing.isAlive());
            Thread.onSpinWait();
        }
        output.reads.countDown();
        closing.join();
        assertEquals(Edge.pong("1") + "\n", output.taken.toString(StandardCharsets.UTF_8));
    }

    @Test
    void letsGoOfAnInputThatIsStillOpen() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch reading = new CountDownLatch(1);
        InputStream open = new InputStream() {
            @Override
            public int read() throws IOException {
                reading.countDown();
                try {
                    new CountDownLatch(1).await();
                    return -1;
                } catch (InterruptedException e) {
                    interrupted.countDown();
                    throw new IOException(e);
                }
            }
        };
        serve(open, new ByteArrayOutputStream());
        reading.await();
        server.stop();
        server.close(LONG);
        interrupted.await();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private CompletableFuture<Optional<EndReason>> serve(InputStream in, OutputStream out) {
        CompletableFuture<Optional<EndReason>> end = new CompletableFuture<>();
        new Thread(() -> end.complete(server.serve(in, out)), "serve").start();
        return end;
    }

    private InputStream piped() throws IOException {
        return new PipedInputStream(client);
    }

    private void say(String line) throws IOException {
        client.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        client.flush();
    }

    private static InputStream input(String lines) {
        return new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8));
    }
}
