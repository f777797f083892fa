package dev.userservice.check;

import dev.userservice.model.Call;
import dev.userservice.model.ErrorCode;
import dev.userservice.tools.ListTrial;
import dev.userservice.tools.Tool;

/** What the operator can do about a call that failed without saying so itself, settings by their names. */
final class Remedy {

    private Remedy() {}

    /** Returns what can help where the token endpoint gave no token. */
    static String forToken(ErrorCode code) {
        return code == ErrorCode.UPSTREAM_DENIED
                ? "check INTERNAL_API_OAUTH_CLIENT_ID, its secret, INTERNAL_API_OAUTH_SCOPE and INTERNAL_API_OAUTH_TOKEN_URL"
                : "check INTERNAL_API_OAUTH_TOKEN_URL, and that the token endpoint is up";
    }

    /**
     * Returns what can help where the API's side of a call failed.
     *
     * @param getsTokens whether a token is got from a token endpoint
     */
    static String forCall(Tool tool, Call call, ErrorCode code, boolean getsTokens) {
        return switch (code) {
            case UPSTREAM_DENIED -> forDenial(call, getsTokens);
            case UPSTREAM_UNAVAILABLE -> "the API can be reached but does not serve: check its health";
            case UPSTREAM_TIMEOUT ->
                "the API can be reached but is slow: check its health, or raise INTERNAL_API_TIMEOUT_MS";
            case AUDIT_UNAVAILABLE -> "check USER_SERVICE_AUDIT_FILE";
            case NOT_FOUND -> tool.trial().notFoundRemedy();
            case UPSTREAM_CONTRACT -> forAnswer(tool, call.httpStatus().orElse(0));
            case RATE_LIMITED -> "raise USER_SERVICE_RATE_PER_MINUTE";
            case DISCLOSURE_LIMIT -> SelfCheck.WAIT_OR_RAISE;
            case INVALID_INPUT, CANCELLED, UNKNOWN_TOOL, INVALID_PARAMS, INTERNAL ->
                "try again; the diagnostics on standard error say more";
        };
    }

    private static String forDenial(Call call, boolean getsTokens) {
        return switch (call.httpStatus().orElse(0)) {
            case 401 ->
                "check " + (getsTokens ? "INTERNAL_API_OAUTH_SCOPE" : "the token")
                        + ", INTERNAL_API_AUTH_HEADER and INTERNAL_API_AUTH_SCHEME";
            case 403 ->
                "let the service account read users, and check "
                        + (getsTokens ? "INTERNAL_API_OAUTH_SCOPE" : "the token"); // some answer 403 to a wrong one
            default ->
                call.attempts() == 0
                        ? "check INTERNAL_API_TOKEN_FILE"
                        : "client certificates are not supported: have the API accept the token alone";
        };
    }

    private static String forAnswer(Tool tool, int status) {
        if (status / 100 == 3) {
            return "redirects are never followed: set INTERNAL_API_URL and the paths to where it leads; where that is a"
                    + " page to sign in, the API does not take the token";
        }
        if (status == 406) {
            return "have the API, or a gateway before it, accept the header Accept: application/json";
        }
        boolean refusesPages = (status == 400 || status == 422) && tool.trial() instanceof ListTrial;
        return "check INTERNAL_API_URL and the paths"
                + (refusesPages ? ", and INTERNAL_API_PAGINATION with the settings that belong to it," : "")
                + " against the API";
    }
}
