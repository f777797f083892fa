package dev.userservice;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import javax.net.ssl.SSLContext;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;

/** Certificates of API hosts, and what can be wrong with one; and of two authorities, which nobody has signed. */
public final class Certificates {

    private static final Duration DAY = Duration.ofDays(1);
    private static final HeldCertificate CA = authority("ca");
    private static final HeldCertificate OTHER_CA = authority("other-ca");
    private static final Map<String, HeldCertificate> ALL = Map.of(
            "ca", CA,
            "other-ca", OTHER_CA,
            "good", host("localhost").signedBy(CA).build(),
            "unknown", host("localhost").signedBy(OTHER_CA).build(),
            "self-signed", host("localhost").build(),
            "expired", valid("localhost", DAY.multipliedBy(-9), DAY.multipliedBy(-4)),
            "future", valid("localhost", DAY.multipliedBy(9), DAY.multipliedBy(99)),
            "wrong-name", host("elsewhere.corp.example").signedBy(CA).build(),
            "corp", host("users.corp.example").signedBy(CA).build(),
            "corp-expired", valid("users.corp.example", DAY.multipliedBy(-9), DAY.multipliedBy(-4)));

    private Certificates() {}

    private static HeldCertificate authority(String name) {
        return new HeldCertificate.Builder()
                .commonName(name)
                .certificateAuthority(0)
                .build();
    }

    private static HeldCertificate.Builder host(String name) {
        return new HeldCertificate.Builder().commonName(name).addSubjectAlternativeName(name);
    }

    /** Makes a certificate that is valid between two moments, as seen from now. */
    private static HeldCertificate valid(String name, Duration from, Duration to) {
        Instant now = Instant.now();
        return host(name)
                .signedBy(CA)
                .validityInterval(now.plus(from).toEpochMilli(), now.plus(to).toEpochMilli())
                .build();
    }

    /** Returns how the owner of a certificate speaks TLS. */
    static SSLContext context(String name) {
        return new HandshakeCertificates.Builder()
                .heldCertificate(ALL.get(name))
                .build()
                .sslContext();
    }

    /** Writes a certificate alone, as PEM, and returns the file's name. */
    public static String pem(Path folder, String name) throws IOException {
        return Files.writeString(folder.resolve(name + ".pem"), ALL.get(name).certificatePem())
                .toString();
    }

    /** Writes a store, under the password {@code changeit}, that trusts one certificate alone; returns its name. */
    static String trustStore(Path folder, String name) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(name, ALL.get(name).certificate());
        Path file = folder.resolve("trust-" + name + ".p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            trusted.store(out, "changeit".toCharArray());
        }
        return file.toString();
    }
}
