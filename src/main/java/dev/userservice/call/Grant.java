package dev.userservice.call;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Secret;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A token that the token endpoint has issued (RFC 6749, 5.1).
 *
 * @param life how long it is good for, 0 to 365 days; 5 minutes where the endpoint does not say
 */
record Grant(Secret token, Duration life) {

    /** What is read of the endpoint's answer. */
    static final Selection SELECTION = new Selection(
            List.of(
                    JsonPointer.compile("/access_token"),
                    JsonPointer.compile("/token_type"),
                    JsonPointer.compile("/expires_in")),
            Optional.empty(),
            0,
            1);

    private static final Duration DEFAULT_LIFE = Duration.ofMinutes(5);
    private static final Duration LONGEST_LIFE = Duration.ofDays(365);
    private static final Duration EARLY = Duration.ofSeconds(30);

    /** @throws CallFailure with {@link ErrorCode#UPSTREAM_DENIED} where the answer holds no Bearer token */
    static Grant of(JsonNode answer) {
        JsonNode token = answer.path("access_token");
        if (!token.isTextual() || !SecretSource.isSecret(token.textValue())) {
            throw unusable("the token endpoint's answer holds no usable token");
        }
        // RFC 6749, 5.1: the value is case insensitive; 7.1: a client must not use a token of a type it does not know
        if (!answer.path("token_type").asText().equalsIgnoreCase("Bearer")) {
            throw unusable("the token endpoint's token is not of the type Bearer");
        }
        return new Grant(new Secret(token.textValue()), life(answer.path("expires_in")));
    }

    private static CallFailure unusable(String sentence) {
        return new CallFailure(ErrorCode.UPSTREAM_DENIED, sentence).remedy("check INTERNAL_API_OAUTH_TOKEN_URL");
    }

    /** Reads a number of seconds, which some endpoints write as a string. */
    private static Duration life(JsonNode expiresIn) {
        boolean digits = expiresIn.isTextual() && expiresIn.textValue().matches("-?[0-9]{1,100}");
        double seconds = expiresIn.isNumber() || digits ? expiresIn.asDouble() : DEFAULT_LIFE.toSeconds();
        return Duration.ofSeconds((long) Math.max(0, Math.min(seconds, LONGEST_LIFE.toSeconds())));
    }

    /** Returns how long the token is used: until 30 seconds or a tenth of its life before its end. */
    Duration use() {
        return life.minus(Collections.min(List.of(EARLY, life.dividedBy(10))));
    }
}
