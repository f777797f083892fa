package dev.userservice.check;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks a proxy for a tunnel to a host, as the HTTP client does. RFC 9110, 9.3.6: CONNECT. */
final class Tunnel {

    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})[ \\r]");

    private Tunnel() {}

    /**
     * Returns the status of the proxy's answer; where it is 200, the connection leads to the host from there on.
     *
     * @throws ProtocolException where the answer is not HTTP
     */
    static int open(Socket proxy, String host, int port) throws IOException {
        String authority = host + ":" + port;
        String request = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n";
        proxy.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        Matcher head = STATUS_LINE.matcher(head(proxy.getInputStream()));
        if (!head.lookingAt()) {
            throw new ProtocolException("no status line");
        }
        return Integer.parseInt(head.group(1));
    }

    /** Reads to the empty line and not a byte further: what follows belongs to the tunnel. */
    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        boolean lineEmpty = true;
        for (int b = in.read(); b >= 0; b = in.read()) {
            head.write(b);
            if (b == '\n' && lineEmpty || head.size() == 16 * 1024) {
                break;
            }
            lineEmpty = b == '\n' || b == '\r' && lineEmpty;
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }
}
