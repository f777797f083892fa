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
 * @param retryAfter how long the API asked to be left alone
 */
record Verdict(
        Optional<ApiAnswer> answer, Optional<CallFailure> failure, Next next, Health health, Duration retryAfter) {

    /** What the call may do now. */
    enum Next {
        DONE,
        /** Another attempt can help. */
        RETRY,
        /** Another attempt can help if there is another token. */
        NEW_TOKEN
    }

    /** What the circuit breaker learns. */
    enum Health {
        ANSWERED,
        FAILED,
        UNKNOWN
    }

    static Verdict of(ApiAnswer answer) {
        return new Verdict(Optional.of(answer), Optional.empty(), Next.DONE, Health.ANSWERED, Duration.ZERO);
    }

    /** Judges an answer by its status alone; 200 is not one of those. */
    static Verdict of(int status, Duration retryAfter) {
        boolean serverError = status >= 500 && status <= 599;
        if (status == 429 || serverError) {
            CallFailure busy = new CallFailure(
                    ErrorCode.UPSTREAM_UNAVAILABLE, "the API answered that it is in trouble or too busy");
            Next next = RetryPolicy.isTransient(status) ? Next.RETRY : Next.DONE;
            Health health = serverError ? Health.FAILED : Health.UNKNOWN;
            return new Verdict(Optional.empty(), Optional.of(busy), next, health, retryAfter);
        }
        return switch (status) {
            case 401 -> answered(ErrorCode.UPSTREAM_DENIED, "the API refused the credential (401)", Next.NEW_TOKEN);
            case 403 -> answered(ErrorCode.UPSTREAM_DENIED, "the API does not let the account do this (403)");
            case 404 -> answered(ErrorCode.NOT_FOUND, "the API knows no such record (404)");
            case 407 -> answered(ErrorCode.UPSTREAM_CONTRACT, "a proxy wants a password (407)");
            default ->
                answered(ErrorCode.UPSTREAM_CONTRACT, "the API answered with a status that is not in the contract");
        };
    }

    /** Judges an attempt that brought no answer. */
    static Verdict of(Throwable trouble) {
        if (trouble instanceof CallFailure failure) {
            return failed(failure, Next.DONE, Health.ANSWERED);
        }
        if (wasTlsRefused(trouble)) {
            return failed(ErrorCode.UPSTREAM_DENIED, "TLS was refused", trouble, Next.DONE, Health.UNKNOWN);
        }
        if (isNotHttp(trouble)) {
            return failed(ErrorCode.UPSTREAM_CONTRACT, "the answer is not HTTP", trouble, Next.DONE, Health.ANSWERED);
        }
        if (trouble instanceof IOException) {
            return failed(
                    ErrorCode.UPSTREAM_UNAVAILABLE, "no connection to the API", trouble, Next.RETRY, Health.FAILED);
        }
        return failed(
                ErrorCode.INTERNAL, "sending the request failed unexpectedly", trouble, Next.DONE, Health.UNKNOWN);
    }

    /** Judges an answer that had begun and did not come to its end, whichever way the client tells of it. */
    static Verdict cutShort(Throwable cut) {
        return of(new CallFailure(ErrorCode.UPSTREAM_CONTRACT, "the answer was cut short", cut));
    }

    static Verdict timedOut() {
        CallFailure late = new CallFailure(ErrorCode.UPSTREAM_TIMEOUT, "the API did not answer in time");
        return failed(late, Next.DONE, Health.FAILED);
    }

    static Verdict cancelled() {
        CallFailure takenBack = new CallFailure(ErrorCode.CANCELLED, "the call was taken back");
        return failed(takenBack, Next.DONE, Health.UNKNOWN);
    }

    /**
     * With TLS 1.3 the API's refusal can come after the handshake (RFC 8446, 4.4.2.4) and is then the cause of another
     * exception. A handshake that ends with the connection says nothing about trust.
     */
    private static boolean wasTlsRefused(Throwable trouble) {
        Throwable tls = trouble instanceof SSLException || trouble.getCause() == null ? trouble : trouble.getCause();
        boolean cutOff = tls.getCause() instanceof EOFException || tls.getCause() instanceof SocketException;
        return tls instanceof SSLException && !cutOff;
    }

    /** The JDK's client has no exception of its own for a Content-Length that is no number, or that a 204 has. */
    private static boolean isNotHttp(Throwable trouble) {
        return trouble instanceof ProtocolException
                || trouble instanceof NumberFormatException
                || trouble instanceof IOException
                        && String.valueOf(trouble.getMessage()).contains("204 response");
    }

    private static Verdict answered(ErrorCode code, String sentence) {
        return answered(code, sentence, Next.DONE);
    }

    private static Verdict answered(ErrorCode code, String sentence, Next next) {
        return failed(new CallFailure(code, sentence), next, Health.ANSWERED);
    }

    private static Verdict failed(ErrorCode code, String sentence, Throwable cause, Next next, Health health) {
        return failed(new CallFailure(code, sentence, cause), next, health);
    }

    private static Verdict failed(CallFailure failure, Next next, Health health) {
        return new Verdict(Optional.empty(), Optional.of(failure), next, health, Duration.ZERO);
    }
}
