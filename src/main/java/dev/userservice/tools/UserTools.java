package dev.userservice.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.userservice.model.Call;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * The tools offered, and the calls under way. Each call takes the {@link CallPath}, ends once, by its deadline at the
 * latest, and its audit line is written before its outcome is known to anybody. Thread-safe; no method but
 * {@link #close} blocks its caller.
 */
public final class UserTools {

    private final List<Tool> tools;
    private final Stages stages;
    private final Duration callTimeout;
    private final LongSupplier nanoTime;
    private final Set<Call> underWay = ConcurrentHashMap.newKeySet();

    /**
     * @param callTimeout one call from its acceptance, waits and retries included
     * @param nanoTime a monotonic clock in nanoseconds
     */
    public UserTools(List<Tool> tools, Stages stages, Duration callTimeout, LongSupplier nanoTime) {
        this.tools = List.copyOf(tools);
        this.stages = stages;
        this.callTimeout = callTimeout;
        this.nanoTime = nanoTime;
    }

    public List<Tool> tools() {
        return tools;
    }

    /** Returns the tools as they are published, byte for byte the same from run to run. */
    public ArrayNode publish() {
        ArrayNode published = JsonNodeFactory.instance.arrayNode();
        tools.forEach(tool -> published.add(tool.publish()));
        return published;
    }

    public Optional<Tool> find(String name) {
        return tools.stream().filter(tool -> tool.name().equals(name)).findFirst();
    }

    /** Accepts a request and starts its call. Whatever is asked for, the call has an id and leaves an audit line. */
    public Call accept(CallRequest request) {
        return accept(request, request.name().flatMap(this::find));
    }

    /** Accepts a request to a tool, whichever is offered under its name. */
    public Call accept(CallRequest request, Tool tool) {
        return accept(request, Optional.of(tool));
    }

    private Call accept(CallRequest request, Optional<Tool> tool) {
        Call call = new Call(stages.audit().nextCallId(), request.trace(), callTimeout, nanoTime);
        underWay.add(call);
        call.outcome().thenRun(() -> underWay.remove(call));
        CallPath path = new CallPath(stages, request, tool, call);
        stages.timer().execute(path::begin);
        return call;
    }

    /** Takes a call back, unless its audit line is written already: then its outcome stands. */
    public void cancel(Call call) {
        stages.timer().execute(call::cancel);
    }

    /**
     * Ends all calls: gives those under way {@code grace}, cancels the rest, and returns when all are recorded. None
     * may be accepted any more.
     */
    public void close(Duration grace) {
        awaitOutcomes(grace);
        underWay.forEach(this::cancel);
        awaitOutcomes(Duration.ofSeconds(5)); // what calls that are over may need to be recorded
    }

    private void awaitOutcomes(Duration longest) {
        CompletableFuture<?>[] outcomes = underWay.stream().map(Call::outcome).toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(outcomes).get(longest.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // some calls go on
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // an outcome never fails
        }
    }
}
