package dev.userservice.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.userservice.Certificates;
import dev.userservice.RawApi;
import dev.userservice.TlsApi;
import dev.userservice.call.Trust;
import dev.userservice.check.TlsProbe.Refusal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real handshakes with servers of every kind of certificate. */
@Timeout(60)
final class TlsProbeTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "good,        ca,          '',                the authority of the file has signed it",
        "self-signed, self-signed, '',                the file holds it itself",
        "wrong-name,  ca,          WRONG_HOST_NAME,   another host's",
        "expired,     ca,          EXPIRED,           no longer valid",
        "future,      ca,          NOT_YET_VALID,     not valid yet",
        "self-signed, ca,          SELF_SIGNED,       signed by itself",
        "unknown,     ca,          UNKNOWN_AUTHORITY, signed by an authority that nobody named",
        "expired,     other-ca,    EXPIRED,           no longer valid and of an unknown authority",
    })
    void saysWhyAServerIsNotTrusted(String alias, String authority, String refusal, String reason) throws Exception {
        try (TlsApi api = new TlsApi(alias);
                Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), api.port())) {
            Optional<Refusal> expected =
                    Optional.of(refusal).filter(name -> !name.isEmpty()).map(Refusal::valueOf);
            assertEquals(expected, TlsProbe.probe(socket, "localhost", api.port(), trusted(authority)), reason);
            assertTrue(socket.isClosed(), reason);
            assertEquals(0, api.requests(), "nothing but the handshake is sent");
        }
    }

    @Test
    void trustsTheJdkAloneWithoutFurtherAuthorities() throws Exception {
        try (TlsApi api = new TlsApi("good");
                Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), api.port())) {
            assertEquals(
                    Optional.of(Refusal.UNKNOWN_AUTHORITY), TlsProbe.probe(socket, "localhost", api.port(), List.of()));
        }
    }

    @Test
    void knowsNoReasonWhereTheServerDoesNotSpeakTls() throws Exception {
        try (RawApi.Listener api = new RawApi.Listener(socket -> {
                    socket.getInputStream().read();
                    RawApi.write(socket, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
                    socket.getInputStream().readAllBytes();
                });
                Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), api.port())) {
            assertEquals(Optional.of(Refusal.OTHER), TlsProbe.probe(socket, "localhost", api.port(), trusted("ca")));
        }
    }

    @Test
    void failsWhereTheConnectionDoes() throws Exception {
        try (RawApi.Listener api =
                new RawApi.Listener(socket -> socket.getInputStream().read())) {
            Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), api.port());
            socket.close();
            List<X509Certificate> authorities = trusted("ca");
            assertThrows(IOException.class, () -> TlsProbe.probe(socket, "localhost", api.port(), authorities));
        }
    }

    private List<X509Certificate> trusted(String alias) throws IOException {
        List<X509Certificate> certificates = Trust.read(Path.of(Certificates.pem(folder, alias)));
        assertFalse(certificates.isEmpty());
        return certificates;
    }
}
