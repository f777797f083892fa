package dev.userservice.call;

import com.fasterxml.jackson.databind.JsonNode;
import dev.userservice.call.Seen.Part;
import dev.userservice.model.Json;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;

/**
 * Remembers how lists begin and where calls have left off lately, the 64 of each used last, for 5 minutes: numbers,
 * addresses and fingerprints, never data. Forgetting one costs requests and changes no result. Fingerprints are 64 bits
 * of an HMAC under a random key of this process, from which nothing can be learnt. Thread-safe; its monitor guards maps
 * and HMAC.
 */
final class Continuations {

    private static final int MAX_OF_A_KIND = 64;
    private static final Duration LIFE = Duration.ofMinutes(5);
    private static final String HMAC = "HmacSHA256";

    private final LongSupplier nanoTime;
    private final Map<Position, Dated> beginnings = new LinkedHashMap<>(16, 0.75f, true); // in the order of use
    private final Map<Position, Dated> places = new LinkedHashMap<>(16, 0.75f, true); // likewise
    private Optional<Mac> mac = Optional.empty();

    private record Position(URI list, long offset) {}

    private record Dated(Object place, long since) {}

    /** @param nanoTime a monotonic clock in nanoseconds */
    Continuations(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Returns what is remembered of a list after so many records, if it is of this kind. */
    synchronized <T> Optional<T> find(Class<T> kind, URI list, long offset) {
        return Optional.ofNullable(known(offset).get(new Position(list, offset)))
                .filter(dated -> nanoTime.getAsLong() - dated.since() < LIFE.toNanos())
                .map(Dated::place)
                .filter(kind::isInstance)
                .map(kind::cast);
    }

    synchronized void remember(URI list, long offset, Object place) {
        Map<Position, Dated> known = known(offset);
        known.put(new Position(list, offset), new Dated(place, nanoTime.getAsLong()));
        if (known.size() > MAX_OF_A_KIND) {
            known.keySet().remove(known.keySet().iterator().next());
        }
    }

    /** Lists whose parts have numbers begin at 0; no call leaves off there. */
    private Map<Position, Dated> known(long offset) {
        return offset == 0 ? beginnings : places;
    }

    /** Forgets a list: the API has said something that does not go with what is remembered. */
    synchronized void forget(URI list) {
        beginnings.keySet().removeIf(position -> position.list().equals(list));
        places.keySet().removeIf(position -> position.list().equals(list));
    }

    /** Returns what tells an answer from others of its list. */
    Part part(Fetched answer) {
        List<JsonNode> edges = answer.edges();
        return edges.isEmpty()
                ? Seen.NONE
                : new Part(
                        fingerprint(Json.text(edges.get(0))),
                        fingerprint(Json.text(edges.get(edges.size() - 1))),
                        answer.count());
    }

    synchronized long fingerprint(String text) {
        Mac keyed = mac.orElseGet(Continuations::createMac); // when first needed, not while the process starts
        mac = Optional.of(keyed);
        return ByteBuffer.wrap(keyed.doFinal(text.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }

    private static Mac createMac() {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(KeyGenerator.getInstance(HMAC).generateKey());
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }
}
