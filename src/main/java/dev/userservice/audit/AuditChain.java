package dev.userservice.audit;

import dev.userservice.model.FileFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

    /** Stands in a session's first line for the hash of the line before. */
    static final String GENESIS_HASH = "0".repeat(64);

    private static final int MIN_KEY_BYTES = 32; // RFC 2104, 3: a key shorter than the hash weakens it
    private static final int MAX_KEY_BYTES = 1024 * 1024;
    private static final String HMAC = "HmacSHA256";
    private static final HexFormat HEX = HexFormat.of();

    private final Optional<byte[]> key;

    private AuditChain(Optional<byte[]> key) {
        this.key = key;
    }

    public static AuditChain plain() {
        return new AuditChain(Optional.empty());
    }

    /** Returns a chain keyed by a file's bytes; fails where it is not a readable file of 32 to 1,048,576 bytes. */
    public static AuditChain keyedBy(Path file) throws IOException {
        byte[] key = FileFault.read(file, MAX_KEY_BYTES);
        if (key.length < MIN_KEY_BYTES) {
            throw new FileFault(file, "too short for a key, less than " + MIN_KEY_BYTES + " bytes");
        }
        return new AuditChain(Optional.of(key));
    }

    /** Returns what a session's first line calls this chain. */
    String algorithm() {
        return key.isPresent() ? "hmac-sha256" : "sha256";
    }

    /** Returns the first 16 hex digits of the key's SHA-256, which tell one key from another. */
    Optional<String> keyId() {
        return key.map(bytes -> plain().hash(bytes).substring(0, 16));
    }

    /** Returns the hash of a line, given without its newline and its last member, in lower-case hex. */
    String hash(byte[] line) {
        try {
            if (key.isEmpty()) {
                return HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(line));
            }
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key.get(), HMAC));
            return HEX.formatHex(mac.doFinal(line));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }

    /** Returns a line that was given without its last member with that member. */
    static String withHash(String line, String hash) {
        return line.substring(0, line.length() - 1) + ",\"hash\":\"" + hash + "\"}";
    }

    /** Returns the SHA-256 of a text's UTF-8 bytes, in lower-case hex. */
    public static String digest(String text) {
        return plain().hash(text.getBytes(StandardCharsets.UTF_8));
    }
}
