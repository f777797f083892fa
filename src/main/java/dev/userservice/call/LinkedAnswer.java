package dev.userservice.call;

import dev.userservice.call.Seen.Part;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An answer on the way along the next addresses: each leads to the first one's origin and path, none is passed twice,
 * and none begins as the list or the answer before it does; else the call fails with
 * {@link ErrorCode#UPSTREAM_CONTRACT}. Immutable.
 *
 * @param start how many records of the list stand in the answers before this one
 * @param passed fingerprints of the last 10,000 queries, this one's included
 */
record LinkedAnswer(URI address, long start, Seen seen, long[] passed) {

    private static final String REMEDY =
            "check INTERNAL_API_NEXT_POINTER, INTERNAL_API_URL and INTERNAL_API_DEPARTMENT_PATH"
                    + " against the addresses that the API names; behind a proxy the API has to know its own address";

    /** A circle of more answers ends at the highest offset. */
    private static final int MAX_PASSED = 10_000;

    /** Returns the answer with which a list begins. */
    static LinkedAnswer first(URI address) {
        return new LinkedAnswer(address, 0, Seen.NOTHING, new long[] {fingerprint(address)});
    }

    /** Returns the failure where the API answers that this one is not there. */
    CallFailure missing() {
        return passed.length == 1
                ? new CallFailure(ErrorCode.NOT_FOUND, "the API knows no such list")
                : CallFailure.contract("the next address leads to nothing", REMEDY);
    }

    /** Checks that what came is another part of the list than those before, though they had other addresses. */
    void requireNew(Fetched answer) {
        if (seen.isRepeatedBy(answer)) {
            throw CallFailure.contract("the next address leads to users that came before", REMEDY);
        }
    }

    /** Returns the answer after this one, at the address that this one names. */
    LinkedAnswer next(String text, Part part) {
        require(text.length() <= 2048, "is longer than 2,048 characters");
        URI next = resolve(text);
        require(origin(next).equals(origin(address)), "leads to another origin than INTERNAL_API_URL");
        require(next.getRawUserInfo() == null, "holds user information");
        require(path(next).equals(path(address)), "leads to another path than INTERNAL_API_DEPARTMENT_PATH");
        long fingerprint = fingerprint(next);
        require(Arrays.stream(passed).noneMatch(before -> before == fingerprint), "is one that was asked before");
        int forgotten = passed.length < MAX_PASSED ? 0 : 1;
        long[] longer = Arrays.copyOfRange(passed, forgotten, passed.length + 1);
        longer[longer.length - 1] = fingerprint;
        return new LinkedAnswer(next, start + part.count(), seen.and(part), longer);
    }

    private URI resolve(String text) {
        try {
            // RFC 3986, 5.2.2: a query alone goes with the same path; the JDK, after RFC 2396, cuts the path short.
            URI reference = new URI(text.startsWith("?") ? address.getRawPath() + text : text);
            return new URI(address.resolve(reference).toASCIIString());
        } catch (URISyntaxException e) {
            throw new CallFailure(ErrorCode.UPSTREAM_CONTRACT, "the next address of the answer is not a URI", e)
                    .remedy(REMEDY);
        }
    }

    private static String origin(URI address) {
        String host = Optional.ofNullable(address.getHost()).orElse("");
        return (address.getScheme() + "://" + host).toLowerCase(Locale.ROOT) + ":" + Proxies.port(address);
    }

    private static List<String> path(URI address) {
        return Stream.of(address.getRawPath().split("/", -1))
                .map(LinkedAnswer::decoded)
                .toList();
    }

    /** The path is always the same, so the query tells one address from another. */
    private static long fingerprint(URI address) {
        return Fingerprint.of(decoded(Optional.ofNullable(address.getRawQuery()).orElse("")));
    }

    /** Percent-decodes, each byte to a character of its own, so that different bytes stay different. */
    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.ISO_8859_1);
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw CallFailure.contract("the next address of the answer " + sentence, REMEDY);
        }
    }
}
