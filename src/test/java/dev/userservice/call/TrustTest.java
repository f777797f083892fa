package dev.userservice.call;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.userservice.model.FileFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TrustTest {

    private static final int MAX_FILE_BYTES = 4 * 1024 * 1024;

    private static final String FIRST = """
            -----BEGIN CERTIFICATE-----
            MIIBjDCCATGgAwIBAgIUH7rG9yKGYRrOQQbSoK6/zeiTtiIwCgYIKoZIzj0EAwIw
            GjEYMBYGA1UEAwwPZmlyc3QtYXV0aG9yaXR5MCAXDTI2MTEyNDE3MzU0MloYDzIx
            MjYxMDMxMTczNTQyWjAaMRgwFgYDVQQDDA9maXJzdC1hdXRob3JpdHkwWTATBgcq
            hkjOPQIBBggqhkjOPQMBBwNCAATH2RfKHHTPm1LRQp1VhJPd535jw34OwAahhUrU
            sMjn3tzZ+ftnMKeGfz+CQl14fubP6PvdLgND6WM+BUzC0aTNo1MwUTAdBgNVHQ4E
            FgQUziyJi0d9T5ERl/MawPXIn6LRJRIwHwYDVR0jBBgwFoAUziyJi0d9T5ERl/Ma
            wPXIn6LRJRIwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEA2gIt
            HL3+0DKIuwA2GR1s55m9Yp31mQBFnQCAhXlmb8MCIQCEMqt+5JRJqCxEsXWEVq8v
            eZTTM2R0srL0N4ILpj5f1g==
            -----END CERTIFICATE-----
            """;

    private static final String SECOND = """
            -----BEGIN CERTIFICATE-----
            MIIBjDCCATOgAwIBAgIUDayYQmAhlrtzXG0bLyOLfm/nhy0wCgYIKoZIzj0EAwIw
            GzEZMBcGA1UEAwwQc2Vjb25kLWF1dGhvcml0eTAgFw0yNjExMjQxNzM1NDJaGA8y
            MTI2MTAzMTE3MzU0MlowGzEZMBcGA1UEAwwQc2Vjb25kLWF1dGhvcml0eTBZMBMG
            ByqGSM49AgEGCCqGSM49AwEHA0IABPhKscIO4o5S1i9A+MlR4qWQ8xeiacrAlBjg
            auX7PAiZrA71Xj1uwujJe7rA12Cj+N+cZKzXuP8j+z2V/x8Z8v2jUzBRMB0GA1Ud
            DgQWBBTw724f6N4AEJg3BrojuG5U3YDpBDAfBgNVHSMEGDAWgBTw724f6N4AEJg3
            BrojuG5U3YDpBDAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIH/U
            Qok/EkrIeaboahATBE4iPSg+JMqRnyYzgt1t6Oh/AiBcf3CJz95YffGFh402yK3T
            CTqw7HoN7wsHkzhmrR/1qg==
            -----END CERTIFICATE-----
            """;

    @TempDir
    private Path folder;

    @Test
    void readsEveryCertificateOfAFile() throws IOException {
        assertEquals(List.of("CN=first-authority", "CN=second-authority"), names(Trust.read(write(FIRST + SECOND))));
    }

    @Test
    void readsAFileOfAtMostFourMebibytes() throws IOException {
        String longest = "#".repeat(MAX_FILE_BYTES - FIRST.length() - 1) + "\n" + FIRST;
        assertEquals(List.of("CN=first-authority"), names(Trust.read(write(longest))));
        assertRefused("too large, more than 4194304 bytes", write("#" + longest));
    }

    @Test
    void refusesWhatIsNoFile() {
        assertRefused("no regular file", folder);
        assertRefused("not there", folder.resolve("missing"));
    }

    @Test
    void refusesAFileWithoutACertificate() throws IOException {
        assertRefused("no PEM certificate that can be read", write(""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"})
    void refusesAFileOfSomethingElse(String contents) throws IOException {
        assertRefused("no PEM certificate that can be read", write(contents));
    }

    @Test
    void believesTheAuthoritiesOfTheJdkAndTheFurtherOnes() throws IOException {
        List<X509Certificate> further = Trust.read(write(FIRST + SECOND));
        Set<X509Certificate> jdk = believed(List.of());
        assertTrue(jdk.size() > 10, "the JDK's own list");
        Set<X509Certificate> expected = new HashSet<>(jdk);
        expected.addAll(further);
        assertEquals(expected, believed(further));
    }

    @Test
    void believesNobodyElse() throws Exception {
        X509Certificate[] first = Trust.read(write(FIRST)).toArray(X509Certificate[]::new);
        X509ExtendedTrustManager told = Trust.manager(List.of(first));
        assertDoesNotThrow(() -> told.checkServerTrusted(first, "UNKNOWN"));
        X509Certificate[] second = Trust.read(write(SECOND)).toArray(X509Certificate[]::new);
        assertThrows(CertificateException.class, () -> told.checkServerTrusted(second, "UNKNOWN"));
    }

    @Test
    void makesContextsThatAreReadyForUse() throws IOException {
        for (SSLContext context : List.of(Trust.context(Trust.read(write(FIRST))))) {
            assertDoesNotThrow(context::getSocketFactory);
        }
    }

    private static Set<X509Certificate> believed(List<X509Certificate> further) {
        return Set.of(Trust.manager(further).getAcceptedIssuers());
    }

    private static List<String> names(List<X509Certificate> certificates) {
        return certificates.stream()
                .map(certificate -> certificate.getSubjectX500Principal().getName())
                .toList();
    }

    private static void assertRefused(String reason, Path file) {
        assertEquals(reason, FileFault.reason(assertThrows(IOException.class, () -> Trust.read(file))));
    }

    private Path write(String contents) throws IOException {
        return Files.writeString(folder.resolve("authorities.pem"), contents, StandardCharsets.US_ASCII);
    }
}
