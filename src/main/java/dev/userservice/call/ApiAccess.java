package dev.userservice.call;

import java.net.http.HttpClient;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What the attempts of all calls share.
 *
 * @param client the HTTP client, made when it is first asked for
 * @param places runs each attempt on a thread of its own, in the order they were asked for
 * @param timer runs what must happen in its time, and never blocks
 */
record ApiAccess(
        ApiSettings settings,
        TokenSource tokens,
        Supplier<HttpClient> client,
        ExecutorService places,
        ScheduledExecutorService timer,
        Circuit circuit,
        HoldBack holdBack,
        Clock clock,
        RandomGenerator random) {}
