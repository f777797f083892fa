package dev.userservice.mcp;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpServerTransport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/** The SDK's transport as far as it is used: takes lines, or refuses them. A line counts as written once it is read. */
final class Wire implements McpServerTransport {

    private final BlockingQueue<String> sent = new LinkedBlockingQueue<>();
    private final Runnable written;
    private volatile Runnable beforeEach = () -> {};
    private volatile boolean broken;
    private volatile boolean closed;

    /** @param written runs for each line that is read */
    Wire(Runnable written) {
        this.written = written;
    }

    @Override
    public Mono<Void> sendMessage(McpSchema.JSONRPCMessage message) {
        return Mono.fromRunnable(() -> {
            beforeEach.run();
            if (broken) {
                throw new IllegalStateException("secret");
            }
            sent.add(((Outbound) message).line());
        });
    }

    /** Runs {@code action} before each line is taken. */
    void beforeEach(Runnable action) {
        beforeEach = action;
    }

    void breakDown() {
        broken = true;
    }

    /** Reads all that was sent by now. */
    List<String> sent() {
        List<String> lines = new ArrayList<>();
        sent.drainTo(lines);
        lines.forEach(line -> written.run());
        return lines;
    }

    /** Waits for the next line and reads it. */
    String next() throws InterruptedException {
        String line = sent.poll(20, TimeUnit.SECONDS);
        if (line == null) {
            throw new AssertionError("nothing was sent");
        }
        written.run();
        return line;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Mono.fromRunnable(this::close);
    }

    @Override
    public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
        throw new UnsupportedOperationException();
    }
}
