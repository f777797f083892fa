package dev.userservice.call;

import dev.userservice.model.Call;
import dev.userservice.model.Secret;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;

/**
 * How the API is reached.
 *
 * @param base scheme, host, port and path prefix, without a final slash
 * @param authScheme word before the token; empty for none
 * @param timeout one attempt, its answer read to the end
 * @param retries further attempts after the first
 */
public record ApiSettings(
        URI base,
        String authHeader,
        String authScheme,
        Duration connectTimeout,
        Duration timeout,
        int retries,
        long maxResponseBytes,
        int maxConcurrentCalls,
        String userAgent) {

    /** Returns the request that is sent for a call: the one method and every header that is ever sent to the API. */
    HttpRequest request(URI address, Call call, Secret token) {
        String credential = (authScheme + " " + token.reveal()).strip(); // there may be no scheme
        HttpRequest.Builder http = HttpRequest.newBuilder(address)
                .GET()
                .setHeader("Accept", "application/json")
                .setHeader("User-Agent", userAgent)
                .setHeader("X-Request-Id", call.id())
                .setHeader(authHeader, credential);
        call.trace().traceparent().ifPresent(valid -> http.setHeader("traceparent", valid));
        call.trace().tracestate().ifPresent(valid -> http.setHeader("tracestate", valid));
        return http.build();
    }
}
