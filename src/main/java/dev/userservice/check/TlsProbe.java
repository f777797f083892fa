package dev.userservice.check;

import dev.userservice.call.Trust;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Makes a TLS handshake as the HTTP client does, and says why where the server is not trusted. Sends nothing else. */
final class TlsProbe {

    /** Why a server is not trusted. */
    enum Refusal {
        EXPIRED,
        NOT_YET_VALID,
        SELF_SIGNED,
        UNKNOWN_AUTHORITY,
        WRONG_HOST_NAME,
        OTHER
    }

    private TlsProbe() {}

    /**
     * Makes a handshake and hangs up.
     *
     * @param connection leads to the host; closed afterwards
     * @param further authorities trusted in addition to the JDK's
     * @return why the server is not trusted; empty where it is
     * @throws IOException where the connection fails for another reason than trust
     */
    static Optional<Refusal> probe(Socket connection, String host, int port, List<X509Certificate> further)
            throws IOException {
        Witness witness = new Witness(Trust.manager(further));
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {witness}, null);
            try (SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(connection, host, port, true)) {
                SSLParameters parameters = tls.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS"); // RFC 9110, 4.3.4
                tls.setSSLParameters(parameters);
                tls.startHandshake();
                return Optional.empty();
            }
        } catch (SSLException e) {
            return Optional.of(witness.refusal());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java platform has TLS
        }
    }

    /** Decides as the JDK does, and remembers the certificates it was shown. */
    private static final class Witness extends X509ExtendedTrustManager {

        private final X509ExtendedTrustManager judge;
        private X509Certificate[] shown = {};
        private boolean chainTrusted;
        private boolean hostNamed;

        Witness(X509ExtendedTrustManager judge) {
            this.judge = judge;
        }

        Refusal refusal() {
            if (shown.length == 0 || hostNamed) {
                return Refusal.OTHER; // something else than a lack of trust ended the handshake
            }
            try {
                for (X509Certificate certificate : shown) {
                    certificate.checkValidity();
                }
            } catch (CertificateExpiredException e) {
                return Refusal.EXPIRED;
            } catch (CertificateNotYetValidException e) {
                return Refusal.NOT_YET_VALID;
            }
            if (chainTrusted) {
                return Refusal.WRONG_HOST_NAME;
            }
            boolean ownIssuer = shown[0].getIssuerX500Principal().equals(shown[0].getSubjectX500Principal());
            return ownIssuer ? Refusal.SELF_SIGNED : Refusal.UNKNOWN_AUTHORITY;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            shown = chain.clone();
            judge.checkServerTrusted(
                    chain, authType); // the chain alone first, so that a wrong name can be told from it
            chainTrusted = true;
            judge.checkServerTrusted(chain, authType, socket);
            hostNamed = true;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            judge.checkServerTrusted(chain, authType, engine);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            judge.checkServerTrusted(chain, authType);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            judge.checkClientTrusted(chain, authType, socket);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            judge.checkClientTrusted(chain, authType, engine);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            judge.checkClientTrusted(chain, authType);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return judge.getAcceptedIssuers();
        }
    }
}
