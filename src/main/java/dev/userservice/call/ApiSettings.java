package dev.userservice.call;

import java.net.URI;
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
        String userAgent) {}
