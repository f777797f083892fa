package dev.userservice.call;

import com.fasterxml.jackson.databind.JsonNode;
import dev.userservice.call.Seen.Part;
import dev.userservice.model.Json;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;

/**
 * Tells records and addresses apart by 64 bits of an HMAC under a random key of this process, from which nothing of
 * them can be learnt. Thread-safe; its monitor guards the HMAC.
 */
final class Fingerprints {

    private static final String HMAC = "HmacSHA256";

    private Optional<Mac> mac = Optional.empty();

    /** Returns what tells an answer from others of its list. */
    Part part(Fetched answer) {
        List<JsonNode> edges = answer.edges();
        return edges.isEmpty()
                ? Part.NONE
                : new Part(of(Json.text(edges.get(0))), of(Json.text(edges.get(edges.size() - 1))), answer.count());
    }

    synchronized long of(String text) {
        Mac keyed = mac.orElseGet(Fingerprints::create); // when first needed, not while the process starts
        mac = Optional.of(keyed);
        return ByteBuffer.wrap(keyed.doFinal(text.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }

    private static Mac create() {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(KeyGenerator.getInstance(HMAC).generateKey());
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }
}
