package dev.userservice.call;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/**
 * Tells records and addresses apart by 64 bits of a SHA-256 over a random key of this process and their text, from
 * which nothing of them can be learnt. Thread-safe; its monitor guards the digest, which each use leaves as it was.
 */
final class Fingerprint {

    /** Made when this class is first needed, not while the process starts. */
    private static final byte[] KEY = key();

    private static final MessageDigest SHA_256 = sha256();

    private Fingerprint() {}

    static synchronized long of(String text) {
        SHA_256.update(KEY);
        return ByteBuffer.wrap(SHA_256.digest(text.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }

    private static byte[] key() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        return key;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }
}
