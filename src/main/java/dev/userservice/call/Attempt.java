package dev.userservice.call;

import dev.userservice.model.Call;
import dev.userservice.model.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.regex.Pattern;

/**
 * One request and its answer, straight down on one thread: send, look at the status, read to the end, judge. Given up
 * when its time limit or the call ends, whatever it is waiting for then.
 */
final class Attempt {

    /** RFC 9110, 8.6: one number of decimal digits. */
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

    /** More of an answer whose status says it all is not worth reading, only to use the connection again. */
    private static final int MAX_DISCARDED_BYTES = 16 * 1024;

    private final ApiAccess api;
    private final ApiRequest request;
    private final Call call;
    private final Thread thread = Thread.currentThread();
    private volatile Optional<ResponseInfo> responseHead = Optional.empty();
    private volatile boolean badLength;
    private Optional<InputStream> body = Optional.empty();
    private boolean aborted;
    private boolean over;

    /** Prepares an attempt of the thread that runs it. */
    Attempt(ApiAccess api, ApiRequest request, Call call) {
        this.api = api;
        this.request = request;
        this.call = call;
    }

    /** Sends the request with {@code token} and returns what came of it. */
    Verdict run(Secret token) {
        Duration limit = api.settings().timeout();
        Duration left = call.remaining();
        Future<?> alarm = api.after(left.compareTo(limit) < 0 ? left : limit, this::abort);
        call.onEnd(this::abort);
        call.countAttempt();
        try {
            return judge(api.client().get().send(httpRequest(api.settings(), request, call, token), this::head));
        } catch (InterruptedException e) {
            return judge(e);
        } catch (IOException | RuntimeException e) {
            return judge(e);
        } finally {
            alarm.cancel(false);
            end();
        }
    }

    /** Names the one method, the one origin and every header that is ever sent. */
    static HttpRequest httpRequest(ApiSettings settings, ApiRequest request, Call call, Secret token) {
        String scheme = settings.authScheme().isEmpty() ? "" : settings.authScheme() + " ";
        HttpRequest.Builder http = HttpRequest.newBuilder(URI.create(settings.base() + request.target()))
                .GET()
                .setHeader("Accept", "application/json")
                .setHeader("User-Agent", settings.userAgent())
                .setHeader("X-Request-Id", call.id())
                .setHeader(settings.authHeader(), scheme + token.reveal());
        call.traceparent().filter(TraceContext::isTraceparent).ifPresent(trace -> http.setHeader("traceparent", trace));
        return http.build();
    }

    /**
     * Ends the attempt from another thread. Until the head of the answer is there, interrupting the thread in
     * {@code send} ends it and closes the connection; while the body is read, closing the body does, and interrupting
     * does not (JDK 17).
     */
    private synchronized void abort() {
        if (over) {
            return; // the thread does something else by now
        }
        aborted = true;
        body.ifPresentOrElse(Attempt::close, thread::interrupt);
    }

    private synchronized InputStream open(InputStream stream) {
        body = Optional.of(stream);
        if (aborted) {
            close(stream); // the interruption came too late for send to see it
        }
        return stream;
    }

    private synchronized void end() {
        over = true;
        Thread.interrupted(); // one that came too late is not the next attempt's
    }

    private synchronized boolean isAborted() {
        return aborted;
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
        if (lengths.size() > 1
                || lengths.stream().anyMatch(length -> !LENGTH.matcher(length).matches())) {
            badLength = true;
            abort(); // of one that is no number the client would leave the connection open for ever
        }
        return BodySubscribers.ofInputStream();
    }

    private Verdict judge(HttpResponse<InputStream> response) throws IOException {
        try (InputStream answer = open(response.body())) {
            if (response.statusCode() == 200) {
                return Verdict.of(AnswerReader.read(
                        answer, request.selection(), api.settings().maxResponseBytes()));
            }
            answer.readNBytes(MAX_DISCARDED_BYTES);
            return byStatus(response.statusCode());
        }
    }

    private Verdict judge(Exception trouble) {
        Optional<Integer> status = responseHead.map(ResponseInfo::statusCode);
        if (status.isPresent() && status.get() != 200) {
            return byStatus(status.get()); // the status says it all, whatever became of the body
        }
        if (badLength) {
            return Verdict.of(new ProtocolException("Content-Length"));
        }
        if (isAborted() || trouble instanceof InterruptedException) {
            return call.isCancelled() ? Verdict.cancelled() : Verdict.timedOut();
        }
        boolean cut = status.isPresent() && trouble instanceof IOException;
        return cut ? Verdict.cutShort(trouble) : Verdict.of(trouble);
    }

    private Verdict byStatus(int status) {
        Duration retryAfter = RetryPolicy.isTransient(status)
                ? responseHead
                        .flatMap(head -> head.headers().firstValue("Retry-After"))
                        .map(header -> RetryAfter.parse(header, api.clock().instant()))
                        .orElse(Duration.ZERO)
                : Duration.ZERO;
        return Verdict.of(status, retryAfter);
    }
}
