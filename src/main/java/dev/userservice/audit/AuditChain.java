package dev.userservice.audit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The hash that ties each line of a session to the one before: SHA-256 (FIPS 180-4), or HMAC-SHA-256 (RFC 2104) where
 * there is a key. Thread-safe.
 */
public final class AuditChain {

    /** What the first line of a session gives as the hash of the line before it. */
    static final String FIRST = "0".repeat(64);

    /** A key shorter than the hash would weaken it (RFC 2104, 3). */
    private static final int MIN_KEY_BYTES = 32;

    private static final int MAX_KEY_BYTES = 1024 * 1024;

    private static final String HMAC = "HmacSHA256";
    private static final int KEY_ID_DIGITS = 16;

    private final Optional<SecretKeySpec> key;
    private final Optional<String> keyId;

    private AuditChain(Optional<byte[]> key) {
        this.key = key.map(bytes -> new SecretKeySpec(bytes, HMAC));
        this.keyId = key.map(bytes -> HexFormat.of().formatHex(sha256(bytes)).substring(0, KEY_ID_DIGITS));
    }

    public static AuditChain plain() {
        return new AuditChain(Optional.empty());
    }

    /**
     * Returns a chain under the key that a file's bytes are.
     *
     * @throws IOException where it cannot be read, or holds fewer than 32 bytes or more than 1,048,576
     */
    public static AuditChain keyedBy(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException("no regular file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] key = in.readNBytes(MAX_KEY_BYTES + 1);
            if (key.length < MIN_KEY_BYTES || key.length > MAX_KEY_BYTES) {
                throw new IOException("no key of a proper length");
            }
            return new AuditChain(Optional.of(key));
        }
    }

    /** Returns the name a session gives of its chain. */
    String algorithm() {
        return key.isPresent() ? "hmac-sha256" : "sha256";
    }

    /** Returns the first 16 hex digits of the key's SHA-256, by which a key is told from another. */
    Optional<String> keyId() {
        return keyId;
    }

    /** Returns the hash of a line as written, its newline and its last member taken out, in lower-case hex. */
    String hash(byte[] line) {
        return HexFormat.of().formatHex(key.map(secret -> hmac(secret, line)).orElseGet(() -> sha256(line)));
    }

    /** Returns the SHA-256 of a text's UTF-8 bytes, in lower-case hex. */
    public static String digest(String text) {
        return HexFormat.of().formatHex(sha256(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }

    private static byte[] hmac(SecretKeySpec key, byte[] bytes) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            return mac.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }
}
