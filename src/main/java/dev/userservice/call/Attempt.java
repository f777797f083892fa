package dev.userservice.call;

import dev.userservice.model.Call;
import dev.userservice.model.CallFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * One request and its answer, straight down on one thread: send, look at the status, read to the end, judge. Given up
 * when its time limit or the call ends, whatever it is waiting for then. Other threads only abort it, under its lock,
 * and may tell its verdict.
 */
final class Attempt {

    /** RFC 9110, 8.6: one number of decimal digits. */
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

    private final UserApi.Access api;
    private final HttpRequest request;
    private final Selection selection;
    private final long maxBytes;
    private final Call call;
    private final Thread thread = Thread.currentThread();
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final CompletableFuture<Verdict> verdict = new CompletableFuture<>();
    private volatile Optional<ResponseInfo> responseHead = Optional.empty();
    private volatile boolean badLength;
    private volatile boolean aborted;
    private Optional<InputStream> body = Optional.empty();

    /** Prepares an attempt of the thread that runs it, which reads at most {@code maxBytes} of the answer. */
    Attempt(UserApi.Access api, HttpRequest request, Selection selection, long maxBytes, Call call) {
        this.api = api;
        this.request = request;
        this.selection = selection;
        this.maxBytes = maxBytes;
        this.call = call;
    }

    /** Returns what comes of it, known in its time: a thread that looks an address up notices no interruption. */
    CompletableFuture<Verdict> verdict() {
        return verdict;
    }

    /** Sends the request, and returns once the thread is free again. */
    void run() {
        try {
            verdict.complete(attempt());
        } catch (Throwable t) { // whatever it is, somebody waits for the verdict
            verdict.complete(Verdict.of(t));
        }
    }

    private Verdict attempt() {
        call.countAttempt(); // before anything can end it
        long limitNanos = api.settings().timeout().toNanos();
        Future<?> alarm = api.timer().schedule(this::abort, limitNanos, TimeUnit.NANOSECONDS);
        call.onEnd(this::abort);
        try {
            return exchange();
        } catch (InterruptedException | IOException | RuntimeException e) {
            return judge(e);
        } finally {
            alarm.cancel(false);
            end();
        }
    }

    private Verdict exchange() throws IOException, InterruptedException {
        HttpResponse<InputStream> response;
        try {
            response = api.client().get().send(request, this::head);
        } catch (IOException | IllegalArgumentException | InternalError copy) {
            // What the client throws is a copy, made for its stack trace; what happened is the cause.
            return judge(Optional.ofNullable(copy.getCause()).orElse(copy));
        }
        try (InputStream answer = response.body()) {
            requireOwn(response.headers());
            if (response.statusCode() == 200) {
                return Verdict.of(AnswerReader.read(answer, response.headers(), selection, maxBytes));
            }
            if (answer != null) { // there is none where a proxy refuses a tunnel
                answer.readNBytes(16 * 1024); // for more it is not worth keeping the connection
            }
            return byStatus(response.statusCode(), response.headers());
        }
    }

    /**
     * Requires that an answer that names a request of this session names the call's. An API that sends one answer too
     * many on a connection has every later request answered by the one before.
     */
    private void requireOwn(HttpHeaders headers) {
        int dash = call.id().indexOf('-'); // none in what asks for a token
        String named = headers.firstValue("X-Request-Id").orElse("");
        if (dash > 0 && named.startsWith(call.id().substring(0, dash + 1)) && !named.equals(call.id())) {
            throw CallFailure.contract("the answer is to another request, as its X-Request-Id says");
        }
    }

    /**
     * Ends the attempt from another thread, and with it the connection: interrupting ends {@code send}, and closing the
     * body ends reading, which interrupting does not (JDK 17).
     */
    private void abort() {
        if (interrupt() && responseHead.isEmpty()) {
            verdict.complete(Verdict.aborted(call.isCancelled()));
        }
    }

    private synchronized boolean interrupt() {
        boolean underWay = !over.isDone(); // else the thread does something else by now
        if (underWay) {
            aborted = true;
            thread.interrupt();
            body.ifPresent(Attempt::close);
        }
        return underWay;
    }

    private synchronized void open(InputStream stream) {
        body = Optional.of(stream);
        if (aborted) {
            close(stream); // the interruption came too late for send to end the connection
        }
    }

    private synchronized void end() {
        over.complete(null);
        Thread.interrupted(); // one that came too late is not meant for what this thread does next
    }

    private static void close(InputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            // it is of no use any more
        }
    }

    private BodySubscriber<InputStream> head(ResponseInfo head) {
        responseHead = Optional.of(head);
        call.httpStatus(head.statusCode());
        List<String> lengths = head.headers().allValues("Content-Length");
        badLength = lengths.size() > 1 || !lengths.stream().allMatch(LENGTH.asMatchPredicate());
        BodySubscriber<InputStream> subscriber = BodySubscribers.ofInputStream();
        open(subscriber.getBody().toCompletableFuture().join()); // which is there before its first byte
        if (badLength) {
            abort();
            awaitEnd(); // going on with a length that is no number, the client would leave the connection open
        }
        return subscriber;
    }

    /**
     * Lets the interruption reach {@code send}. An answer that is there at once is looked at on the thread that is to
     * be interrupted, about one in a hundred: that connection stays open, unused, until the API ends it.
     */
    private void awaitEnd() {
        if (Thread.currentThread() != thread) {
            over.copy().completeOnTimeout(null, 1, TimeUnit.SECONDS).join();
        }
    }

    private Verdict judge(Throwable trouble) {
        Optional<ResponseInfo> refusal = responseHead.filter(head -> head.statusCode() != 200);
        if (refusal.isPresent()) { // the status says it all, whatever became of the body
            return byStatus(refusal.get().statusCode(), refusal.get().headers());
        }
        if (badLength) {
            return Verdict.of(new ProtocolException("Content-Length"));
        }
        if (aborted || trouble instanceof InterruptedException) {
            return Verdict.aborted(call.isCancelled());
        }
        boolean cut = responseHead.isPresent() && trouble instanceof IOException;
        return cut ? Verdict.cutShort(trouble) : Verdict.of(trouble);
    }

    private Verdict byStatus(int status, HttpHeaders headers) {
        String retryAfter = headers.firstValue("Retry-After").orElse("");
        return Verdict.of(status, RetryAfter.parse(retryAfter, api.clock().instant()));
    }
}
