package dev.userservice.model;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/**
 * What a call can meet, as one of the {@link ErrorCode}s. Its message is a sentence of ours, written for the operator
 * (for {@link ErrorCode#INVALID_INPUT} also for the caller): it never holds a value, an address or an upstream byte.
 */
public final class CallFailure extends RuntimeException {

    private final ErrorCode code;
    private final Optional<Duration> retryAfter;
    private final Optional<String> remedy;

    public CallFailure(ErrorCode code, String sentence) {
        this(code, sentence, null, Optional.empty(), Optional.empty());
    }

    /** Keeps the cause for the operator's diagnostics; no text of it reaches the caller. */
    public CallFailure(ErrorCode code, String sentence, Throwable cause) {
        this(code, sentence, cause, Optional.empty(), Optional.empty());
    }

    /** Returns the failure of an API that does not answer as it is configured to, or contradicts itself. */
    public static CallFailure contract(String sentence) {
        return new CallFailure(ErrorCode.UPSTREAM_CONTRACT, sentence);
    }

    /** Returns the same with what the operator can do about it, settings by their names. */
    public static CallFailure contract(String sentence, String remedy) {
        return new CallFailure(ErrorCode.UPSTREAM_CONTRACT, sentence, null, Optional.empty(), Optional.of(remedy));
    }

    private CallFailure(
            ErrorCode code, String sentence, Throwable cause, Optional<Duration> retryAfter, Optional<String> remedy) {
        // An expected outcome, not a programming error: the cause has the only stack trace worth its cost.
        super(sentence, cause, false, false);
        this.code = code;
        this.retryAfter = retryAfter;
        this.remedy = remedy;
    }

    /** Returns what a future failed with, without what the future has put around it. */
    public static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** Returns the same failure with the time after which trying again can help. */
    public CallFailure retryAfter(Duration wait) {
        return new CallFailure(code, getMessage(), getCause(), Optional.of(wait), remedy);
    }

    /** Returns the same failure with what the operator can do about it, settings by their names. */
    public CallFailure remedy(String what) {
        return new CallFailure(code, getMessage(), getCause(), retryAfter, Optional.of(what));
    }

    /** Returns a failure of the same cause, under another code and in other words. */
    public CallFailure restated(ErrorCode as, String sentence) {
        return new CallFailure(as, sentence, getCause(), retryAfter, remedy);
    }

    public ErrorCode code() {
        return code;
    }

    /** Returns how long the caller should wait before trying again, where that is known. */
    public Optional<Duration> retryAfter() {
        return retryAfter;
    }

    /** Returns what the operator can do about it, where that is known. */
    public Optional<String> remedy() {
        return remedy;
    }
}
