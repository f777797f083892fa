package dev.userservice.check;

import dev.userservice.TlsApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Certificates for {@code localhost}, and what can be wrong with one, made once for all tests: keytool is slow. */
final class Certificates {

    /** Holds the keys under their names, and may be written to. */
    static final Path FOLDER = make();

    private Certificates() {}

    private static Path make() {
        try {
            Path folder = Files.createTempDirectory("certificates");
            TlsApi.authority(folder, "ca");
            TlsApi.certificate(folder, "good", "localhost", "-signer", "ca");
            TlsApi.certificate(folder, "wrong-name", "elsewhere.corp.example", "-signer", "ca");
            TlsApi.certificate(folder, "expired", "localhost", "-signer", "ca", "-startdate", "-9d", "-validity", "5");
            TlsApi.certificate(folder, "future", "localhost", "-signer", "ca", "-startdate", "+9d");
            TlsApi.certificate(folder, "self-signed", "localhost");
            TlsApi.authority(folder, "other-ca");
            TlsApi.certificate(folder, "unknown", "localhost", "-signer", "other-ca");
            folder.toFile().deleteOnExit();
            folder.resolve("keys.p12").toFile().deleteOnExit();
            return folder;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the name of a PEM file with one certificate alone. */
    static String pem(String alias) throws IOException {
        try {
            String file = TlsApi.pem(FOLDER, alias);
            Path.of(file).toFile().deleteOnExit();
            return file;
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
