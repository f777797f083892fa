package dev.userservice.call;

import com.fasterxml.jackson.databind.JsonNode;
import dev.userservice.model.Json;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/**
 * Tells records and addresses apart by 64 bits of an HMAC under a random key of this process, from which nothing of
 * them can be learnt. Thread-safe; its monitor guards the HMAC.
 */
final class Fingerprints {

    private static final String HMAC = "HmacSHA256";

    private Optional<Mac> mac = Optional.empty();

    /**
     * What an answer begins and ends with. An answer that begins or ends like the one before it is that one again, or a
     * part of it: no record stands in a list twice.
     */
    record Edges(long first, long last) {

        boolean repeat(Edges before) {
            return first == before.first || last == before.last;
        }
    }

    /** Returns the edges of an answer that is not empty. */
    Edges edges(List<JsonNode> records) {
        return new Edges(of(Json.text(records.get(0))), of(Json.text(records.get(records.size() - 1))));
    }

    synchronized long of(String text) {
        Mac keyed = mac.orElseGet(Fingerprints::create); // when first needed, not while the process starts
        mac = Optional.of(keyed);
        return ByteBuffer.wrap(keyed.doFinal(text.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }

    private static Mac create() {
        try {
            SecretKey key = KeyGenerator.getInstance(HMAC).generateKey();
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }
}
