package dev.userservice.call;

import static dev.userservice.call.Verdict.Health.ANSWERED;
import static dev.userservice.call.Verdict.Health.FAILED;
import static dev.userservice.call.Verdict.Health.UNKNOWN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class VerdictTest {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(7);

    @ParameterizedTest
    @CsvSource({
        "201, UPSTREAM_CONTRACT,    DONE,      ANSWERED, PT0S, only 200 is success",
        "301, UPSTREAM_CONTRACT,    DONE,      ANSWERED, PT0S, a redirect",
        "400, UPSTREAM_CONTRACT,    DONE,      ANSWERED, PT0S, any other status",
        "401, UPSTREAM_DENIED,      NEW_TOKEN, ANSWERED, PT0S, another token may do",
        "403, UPSTREAM_DENIED,      DONE,      ANSWERED, PT0S, the account may not",
        "404, NOT_FOUND,            DONE,      ANSWERED, PT0S, there is none",
        "407, UPSTREAM_CONTRACT,    DONE,      ANSWERED, PT0S, the proxy's and not the API's",
        "408, UPSTREAM_CONTRACT,    DONE,      ANSWERED, PT0S, any other status",
        "428, UPSTREAM_CONTRACT,    DONE,      ANSWERED, PT0S, any other status",
        "429, UPSTREAM_UNAVAILABLE, RETRY,     UNKNOWN,  PT7S, too many requests say nothing about health",
        "499, UPSTREAM_CONTRACT,    DONE,      ANSWERED, PT0S, any other status",
        "500, UPSTREAM_UNAVAILABLE, DONE,      FAILED,   PT0S, may be this request's fault",
        "501, UPSTREAM_UNAVAILABLE, DONE,      FAILED,   PT0S, does not pass",
        "502, UPSTREAM_UNAVAILABLE, RETRY,     FAILED,   PT7S, passes",
        "503, UPSTREAM_UNAVAILABLE, RETRY,     FAILED,   PT7S, passes",
        "504, UPSTREAM_UNAVAILABLE, RETRY,     FAILED,   PT7S, passes",
        "505, UPSTREAM_UNAVAILABLE, DONE,      FAILED,   PT0S, does not pass",
        "599, UPSTREAM_UNAVAILABLE, DONE,      FAILED,   PT0S, a status without a name",
        "600, UPSTREAM_CONTRACT,    DONE,      ANSWERED, PT0S, no server error any more",
    })
    void judgesAnAnswerByItsStatus(
            int status, ErrorCode code, Verdict.Next next, Verdict.Health health, Duration wait, String reason) {
        Verdict verdict = Verdict.of(status, RETRY_AFTER);
        assertEquals(new Judgement(code, next, health, wait), Judgement.of(verdict), reason);
    }

    @ParameterizedTest
    @MethodSource
    void judgesWhatKeptTheAnswerAway(
            Throwable trouble, ErrorCode code, Verdict.Next next, Verdict.Health health, String reason) {
        Verdict verdict = Verdict.of(trouble);
        assertEquals(new Judgement(code, next, health, Duration.ZERO), Judgement.of(verdict), reason);
        assertEquals(trouble, verdict.failure().orElseThrow().getCause(), "the cause stays, for the operator");
    }

    static Stream<Arguments> judgesWhatKeptTheAnswerAway() {
        Verdict.Next done = Verdict.Next.DONE;
        SSLException untrusted = new SSLHandshakeException("PKIX path building failed");
        untrusted.initCause(new CertificateException());
        SSLException ended = new SSLHandshakeException("Remote host terminated the handshake");
        ended.initCause(new EOFException());
        SSLException reset = new SSLException("Connection reset", new SocketException());
        return Stream.of(
                Arguments.of(new SSLException("alert"), ErrorCode.UPSTREAM_DENIED, done, UNKNOWN, "refused"),
                Arguments.of(untrusted, ErrorCode.UPSTREAM_DENIED, done, UNKNOWN, "not trusted"),
                Arguments.of(
                        new IOException(new SSLException("bad_certificate")),
                        ErrorCode.UPSTREAM_DENIED,
                        done,
                        UNKNOWN,
                        "refused after the handshake"),
                Arguments.of(ended, ErrorCode.UPSTREAM_UNAVAILABLE, Verdict.Next.RETRY, FAILED, "ended in it"),
                Arguments.of(reset, ErrorCode.UPSTREAM_UNAVAILABLE, Verdict.Next.RETRY, FAILED, "reset in it"),
                Arguments.of(
                        new IOException(reset),
                        ErrorCode.UPSTREAM_UNAVAILABLE,
                        Verdict.Next.RETRY,
                        FAILED,
                        "reset in it, wrapped"),
                Arguments.of(
                        new ConnectException(),
                        ErrorCode.UPSTREAM_UNAVAILABLE,
                        Verdict.Next.RETRY,
                        FAILED,
                        "no connection"),
                Arguments.of(new ProtocolException(), ErrorCode.UPSTREAM_CONTRACT, done, ANSWERED, "not HTTP"),
                Arguments.of(new NumberFormatException(), ErrorCode.UPSTREAM_CONTRACT, done, ANSWERED, "a length"),
                Arguments.of(
                        new IOException("unexpected content length header with 204 response"),
                        ErrorCode.UPSTREAM_CONTRACT,
                        done,
                        ANSWERED,
                        "a length where nothing follows"),
                Arguments.of(
                        new IllegalStateException("204 response"),
                        ErrorCode.INTERNAL,
                        done,
                        UNKNOWN,
                        "a mistake here"));
    }

    @Test
    void passesOnWhatReadingTheAnswerFound() {
        CallFailure failure = new CallFailure(ErrorCode.UPSTREAM_CONTRACT, "the answer is not JSON");
        assertEquals(
                new Verdict(Optional.empty(), Optional.of(failure), Verdict.Next.DONE, ANSWERED, Duration.ZERO),
                Verdict.of(failure));
    }

    @Test
    void isDoneWithAnAnswer() {
        Fetched answer = Fetched.NOTHING;
        assertEquals(
                new Verdict(Optional.of(answer), Optional.empty(), Verdict.Next.DONE, ANSWERED, Duration.ZERO),
                Verdict.of(answer));
    }

    @Test
    void blamesTheApiForItsSilenceAndNotForACallTakenBack() {
        assertEquals(
                new Judgement(ErrorCode.UPSTREAM_TIMEOUT, Verdict.Next.DONE, FAILED, Duration.ZERO),
                Judgement.of(Verdict.aborted(false)));
        assertEquals(
                new Judgement(ErrorCode.CANCELLED, Verdict.Next.DONE, UNKNOWN, Duration.ZERO),
                Judgement.of(Verdict.aborted(true)));
        assertEquals(
                new Judgement(ErrorCode.UPSTREAM_CONTRACT, Verdict.Next.DONE, ANSWERED, Duration.ZERO),
                Judgement.of(Verdict.cutShort(new IOException())));
    }

    /** A verdict without the failure's sentence and cause. */
    private record Judgement(ErrorCode code, Verdict.Next next, Verdict.Health health, Duration retryAfter) {

        static Judgement of(Verdict verdict) {
            ErrorCode code = verdict.failure().orElseThrow().code();
            return new Judgement(code, verdict.next(), verdict.health(), verdict.retryAfter());
        }
    }
}
