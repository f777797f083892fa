package dev.userservice.call;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/**
 * Tells records and addresses apart by 64 bits of an HMAC under a random key of this process, from which nothing of
 * them can be learnt. Thread-safe.
 */
final class Fingerprint {

    private static final String HMAC = "HmacSHA256";

    /** Made when this class is first needed, not while the process starts. */
    private static final SecretKey KEY = key();

    private Fingerprint() {}

    static long of(String text) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(KEY);
            return ByteBuffer.wrap(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)))
                    .getLong();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }

    private static SecretKey key() {
        try {
            return KeyGenerator.getInstance(HMAC).generateKey();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // likewise
        }
    }
}
