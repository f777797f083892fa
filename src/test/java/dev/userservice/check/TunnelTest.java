package dev.userservice.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.userservice.RawApi;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class TunnelTest {

    private static final int MAX_HEAD_BYTES = 16 * 1024;

    @Test
    void asksAsTheHttpClientDoes() throws Exception {
        String request = "CONNECT users.corp.example:8443 HTTP/1.1\r\nHost: users.corp.example:8443\r\n\r\n";
        List<String> asked = new CopyOnWriteArrayList<>();
        RawApi.Serving proxy = socket -> {
            asked.add(new String(socket.getInputStream().readNBytes(request.length()), StandardCharsets.UTF_8));
            RawApi.write(socket, "HTTP/1.1 200 OK\r\n\r\n");
        };
        assertEquals(200, open(proxy, socket -> {}));
        assertEquals(List.of(request), asked);
    }

    @ParameterizedTest
    @CsvSource({
        "'HTTP/1.1 200 Connection established\\r\\n\\r\\n',             200, with a reason",
        "'HTTP/1.1 200\\r\\n\\r\\n',                                    200, without a reason",
        "'HTTP/1.0 407 Proxy Authentication Required\\r\\n\\r\\n',      407, of the older version",
        "'HTTP/1.1 200 OK\\r\\nVia: x\\r\\nX-Long: 1\\r\\n\\r\\n',      200, with headers",
        "'HTTP/1.1 200 OK\\r\\nX: \\0\\r\\n\\r\\n',                    200, with a zero byte",
        "'HTTP/1.1 200 OK\\n\\n',                                       200, with bare newlines",
    })
    void returnsTheStatusAndLeavesWhatFollows(String answer, int status, String reason) throws Exception {
        RawApi.Serving proxy = socket -> RawApi.write(socket, answer.translateEscapes() + "\r\n tunnelled");
        int[] rest = new int[3];
        assertEquals(
                status,
                open(proxy, socket -> {
                    for (int i = 0; i < rest.length; i++) {
                        rest[i] = socket.getInputStream().read();
                    }
                }),
                reason);
        assertEquals(List.of((int) '\r', (int) '\n', (int) ' '), List.of(rest[0], rest[1], rest[2]), reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "220 mail.corp.example ESMTP ready\r\n\r\n",
                "HTTP/1.1 2000 OK\r\n\r\n",
                "HTTP/1.1 20 OK\r\n\r\n",
                "HTTP/2 200 OK\r\n\r\n",
                " HTTP/1.1 200 OK\r\n\r\n",
                "\r\n",
                ""
            })
    void refusesAnAnswerThatIsNoHttp(String answer) {
        assertThrows(ProtocolException.class, () -> open(socket -> RawApi.write(socket, answer), socket -> {}));
    }

    @Test
    void readsNoHeadWithoutBound() throws Exception {
        String line = "HTTP/1.1 200 ";
        RawApi.Serving endless = socket -> {
            RawApi.write(socket, line + "x".repeat(MAX_HEAD_BYTES - line.length()) + "!");
            socket.getInputStream().readAllBytes();
        };
        int[] next = new int[1];
        assertEquals(
                200, open(endless, socket -> next[0] = socket.getInputStream().read()));
        assertEquals('!', next[0], "read to the bound and not a byte further");
    }

    @Test
    void takesAHeadThatEndsWithTheConnection() throws Exception {
        assertEquals(502, open(socket -> RawApi.write(socket, "HTTP/1.1 502 Bad Gateway\r\n"), socket -> {}));
    }

    @Test
    void failsWhereThereIsNoConnection() throws Exception {
        Socket socket = new Socket();
        assertThrows(IOException.class, () -> Tunnel.open(socket, "users.corp.example", 443));
        socket.close();
    }

    /** What a test does with the connection once the proxy's head is read. */
    private interface Afterwards {
        void look(Socket socket) throws IOException;
    }

    private static int open(RawApi.Serving proxy, Afterwards afterwards) throws IOException {
        RawApi.Serving serving = socket -> {
            proxy.serve(socket);
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes(); // a reset would take away what is not read yet
        };
        try (RawApi.Listener listener = new RawApi.Listener(serving);
                Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), listener.port())) {
            socket.setSoTimeout(20_000);
            int status = Tunnel.open(socket, "users.corp.example", 8443);
            afterwards.look(socket);
            return status;
        }
    }
}
