package dev.userservice.call;

import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * What an attempt came to, what follows for the call, and what it says about the API's health.
 *
 * @param retryAfter how long the API asked callers to wait
 */
record Verdict(Optional<Fetched> answer, Optional<CallFailure> failure, Next next, Health health, Duration retryAfter) {

    /** What can help the call now: nothing more, another attempt, or another attempt with another token. */
    enum Next {
        DONE,
        RETRY,
        NEW_TOKEN
    }

    /** What the circuit breaker learns. */
    enum Health {
        ANSWERED,
        FAILED,
        UNKNOWN
    }

    private Verdict(CallFailure failure, Next next, Health health, Duration retryAfter) {
        this(Optional.empty(), Optional.of(failure), next, health, retryAfter);
    }

    static Verdict of(Fetched answer) {
        return new Verdict(Optional.of(answer), Optional.empty(), Next.DONE, Health.ANSWERED, Duration.ZERO);
    }

    /** Judges an answer by its status alone; 200 is not one of those. */
    static Verdict of(int status, Duration retryAfter) {
        return switch (status) {
            case 401 -> failed(denied("the API refused the credential"), Next.NEW_TOKEN, Health.ANSWERED);
            case 403 -> of(denied("the API does not permit the account to do this"));
            case 404 -> of(new CallFailure(ErrorCode.NOT_FOUND, "the API knows no such record"));
            case 407 -> of(CallFailure.contract("a proxy asks for credentials", Proxies.NO_CREDENTIALS));
            case 429 -> busy(Next.RETRY, Health.UNKNOWN, retryAfter);
            case 502, 503, 504 -> busy(Next.RETRY, Health.FAILED, retryAfter);
            default ->
                status / 100 == 5
                        ? busy(Next.DONE, Health.FAILED, Duration.ZERO)
                        : of(CallFailure.contract("the API answered with a status that nothing here expects"));
        };
    }

    /** Judges an answer that was of no use. */
    static Verdict of(CallFailure failure) {
        return failed(failure, Next.DONE, Health.ANSWERED);
    }

    /** Judges an attempt that brought no answer. */
    static Verdict of(Throwable trouble) {
        if (trouble instanceof CallFailure failure) {
            return of(failure);
        }
        if (wasTlsRefused(trouble)) {
            CallFailure refused = new CallFailure(ErrorCode.UPSTREAM_DENIED, "TLS was refused", trouble);
            return failed(refused, Next.DONE, Health.UNKNOWN);
        }
        if (isNotHttp(trouble)) {
            return of(new CallFailure(ErrorCode.UPSTREAM_CONTRACT, "the answer is not HTTP", trouble));
        }
        if (trouble instanceof IOException) {
            CallFailure down = new CallFailure(ErrorCode.UPSTREAM_UNAVAILABLE, "no connection to the API", trouble);
            return failed(down, Next.RETRY, Health.FAILED);
        }
        CallFailure bug = new CallFailure(ErrorCode.INTERNAL, "sending the request failed unexpectedly", trouble);
        return failed(bug, Next.DONE, Health.UNKNOWN);
    }

    /** Judges an answer that had begun and did not come to its end, however the client reports that. */
    static Verdict cutShort(Throwable cut) {
        return of(new CallFailure(ErrorCode.UPSTREAM_CONTRACT, "the answer was cut short", cut));
    }

    /** Judges an attempt that was given up. */
    static Verdict aborted(boolean cancelled) {
        return cancelled
                ? failed(
                        new CallFailure(ErrorCode.CANCELLED, "the client cancelled the call"),
                        Next.DONE,
                        Health.UNKNOWN)
                : failed(
                        new CallFailure(ErrorCode.UPSTREAM_TIMEOUT, "the API did not answer in time"),
                        Next.DONE,
                        Health.FAILED);
    }

    /**
     * With TLS 1.3 the API's refusal can come after the handshake (RFC 8446, 4.4.2.4) and is then the cause of another
     * exception. A handshake that ends with the connection says nothing about trust.
     */
    private static boolean wasTlsRefused(Throwable trouble) {
        Throwable tls = trouble instanceof SSLException ? trouble : trouble.getCause();
        return tls instanceof SSLException
                && !(tls.getCause() instanceof EOFException)
                && !(tls.getCause() instanceof SocketException);
    }

    /** The JDK's client has no exception of its own for a Content-Length that is no number, or that a 204 has. */
    private static boolean isNotHttp(Throwable trouble) {
        return trouble instanceof ProtocolException
                || trouble instanceof NumberFormatException
                || trouble instanceof IOException
                        && String.valueOf(trouble.getMessage()).contains("204 response");
    }

    private static CallFailure denied(String sentence) {
        return new CallFailure(ErrorCode.UPSTREAM_DENIED, sentence);
    }

    private static Verdict busy(Next next, Health health, Duration retryAfter) {
        String sentence = "the API answered that it is failing or too busy";
        return new Verdict(new CallFailure(ErrorCode.UPSTREAM_UNAVAILABLE, sentence), next, health, retryAfter);
    }

    private static Verdict failed(CallFailure failure, Next next, Health health) {
        return new Verdict(failure, next, health, Duration.ZERO);
    }
}
