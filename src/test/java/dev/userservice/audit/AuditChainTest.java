package dev.userservice.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AuditChainTest {

    @TempDir
    private Path folder;

    private Path key(String text) throws IOException {
        return Files.writeString(folder.resolve("key"), text, StandardCharsets.ISO_8859_1);
    }

    @Test
    void hashesWithSha256WhereThereIsNoKey() {
        AuditChain chain = AuditChain.plain();
        // FIPS 180-4's example
        assertEquals(
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                chain.hash("abc".getBytes(StandardCharsets.US_ASCII)));
        assertEquals("sha256", chain.algorithm());
        assertEquals(Optional.empty(), chain.keyId());
    }

    @Test
    void hashesWithHmacUnderAKey() throws IOException {
        // RFC 4231, 4.7: a key of 131 bytes of 0xAA
        AuditChain chain = AuditChain.keyedBy(key("\u00AA".repeat(131)));
        assertEquals(
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
                chain.hash(
                        "Test Using Larger Than Block-Size Key - Hash Key First".getBytes(StandardCharsets.US_ASCII)));
        assertEquals("hmac-sha256", chain.algorithm());
    }

    @Test
    void namesItsKeyByTheKeysHash() throws IOException {
        // printf 0123456789abcdef0123456789abcdef | sha256sum
        assertEquals(
                Optional.of("3eb1bd439947eb76"),
                AuditChain.keyedBy(key("0123456789abcdef0123456789abcdef")).keyId());
    }

    @Test
    void takesEveryByteOfTheFileForTheKey() throws IOException {
        AuditChain bare = AuditChain.keyedBy(key("k".repeat(32)));
        AuditChain ended = AuditChain.keyedBy(key("k".repeat(32) + "\n"));
        assertNotEquals(bare.keyId(), ended.keyId());
    }

    @ParameterizedTest
    @CsvSource({"0, empty", "31, shorter than the hash", "1048577, no key but some other file"})
    void refusesAKeyOfAnImproperLength(int bytes, String reason) throws IOException {
        Path file = key("k".repeat(bytes));
        assertThrows(IOException.class, () -> AuditChain.keyedBy(file), reason);
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 1_048_576})
    void takesAKeyOfEitherLimit(int bytes) throws IOException {
        assertTrue(AuditChain.keyedBy(key("k".repeat(bytes))).keyId().isPresent());
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing", "."})
    void refusesAKeyThatIsNoFile(String name) {
        assertThrows(IOException.class, () -> AuditChain.keyedBy(folder.resolve(name)));
    }

    @Test
    void digestsTheUtf8OfAText() {
        // printf é | sha256sum
        assertEquals("4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c", AuditChain.digest("é"));
    }
}
