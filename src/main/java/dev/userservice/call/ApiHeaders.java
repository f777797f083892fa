package dev.userservice.call;

import dev.userservice.model.Call;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Secret;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;

/**
 * Names the one method and every header that is ever sent to the API, and knows an answer to another request by them.
 */
final class ApiHeaders {

    private static final String REQUEST_ID = "X-Request-Id";

    private ApiHeaders() {}

    /** Returns the request that is sent for a call. */
    static HttpRequest request(ApiSettings settings, URI address, Call call, Secret token) {
        String credential = (settings.authScheme() + " " + token.reveal()).strip(); // there may be no scheme
        HttpRequest.Builder http = HttpRequest.newBuilder(address)
                .GET()
                .setHeader("Accept", "application/json")
                .setHeader("User-Agent", settings.userAgent())
                .setHeader(REQUEST_ID, call.id())
                .setHeader(settings.authHeader(), credential);
        call.trace().traceparent().ifPresent(valid -> http.setHeader("traceparent", valid));
        call.trace().tracestate().ifPresent(valid -> http.setHeader("tracestate", valid));
        return http.build();
    }

    /**
     * Requires that an answer that names a request of this session names the call's. An API that sends one answer too
     * many on a connection has every later request answered by the one before.
     *
     * @throws CallFailure with {@link ErrorCode#UPSTREAM_CONTRACT}
     */
    static void requireOwn(HttpHeaders headers, Call call) {
        int dash = call.id().indexOf('-'); // none in what asks for a token
        String named = headers.firstValue(REQUEST_ID).orElse("");
        if (dash > 0 && named.startsWith(call.id().substring(0, dash + 1)) && !named.equals(call.id())) {
            throw CallFailure.contract("the answer is to another request, as its X-Request-Id says");
        }
    }
}
