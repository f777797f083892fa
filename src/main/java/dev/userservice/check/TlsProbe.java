package dev.userservice.check;

import dev.userservice.call.Trust;
import java.io.IOException;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;

/** Makes a TLS handshake as the HTTP client does, and says why a server is not trusted. Sends nothing else. */
final class TlsProbe {

    private static final String ADD_CA = "set INTERNAL_API_CA_FILE to the PEM file of the authority that signed it";

    /** Why a server is not trusted, and what to do about it. */
    enum Refusal {
        EXPIRED("the certificate has expired", "have the API's certificate renewed"),
        NOT_YET_VALID("the certificate is not valid yet", "check this machine's clock, then the API's certificate"),
        SELF_SIGNED("the certificate is self-signed", ADD_CA),
        UNKNOWN_AUTHORITY("the certificate's authority is not trusted here", ADD_CA),
        WRONG_HOST_NAME(
                "the certificate is for another host name",
                "use a host name in INTERNAL_API_URL that the certificate names"),
        OTHER(
                "the handshake was refused",
                "check that the port in INTERNAL_API_URL speaks TLS 1.2 or 1.3, and wants no client certificate");

        final String finding;
        final String remedy;

        Refusal(String finding, String remedy) {
            this.finding = finding;
            this.remedy = remedy;
        }
    }

    private TlsProbe() {}

    /**
     * Makes a handshake and closes the connection; returns why the server is not trusted, or nothing where it is.
     *
     * @param further authorities trusted in addition to the JDK's
     * @throws IOException where the connection fails for another reason than trust
     */
    static Optional<Refusal> probe(Socket connection, String host, int port, List<X509Certificate> further)
            throws IOException {
        Witness witness = new Witness(Trust.manager(further));
        SSLSocketFactory sockets = Trust.believing(witness).getSocketFactory();
        try (SSLSocket tls = (SSLSocket) sockets.createSocket(connection, host, port, true)) {
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS"); // RFC 9110, 4.3.4
            tls.setSSLParameters(parameters);
            tls.startHandshake();
            return Optional.empty();
        } catch (SSLException e) {
            return Optional.of(witness.refusal(e.getCause() instanceof CertificateException));
        }
    }

    /**
     * Decides on the chain alone and remembers it; the JDK then compares the host name, as for every trust manager that
     * is not an {@link javax.net.ssl.X509ExtendedTrustManager}.
     */
    private static final class Witness implements X509TrustManager {

        private final X509TrustManager delegate;
        private X509Certificate[] chain = {};
        private boolean chainTrusted;

        Witness(X509TrustManager delegate) {
            this.delegate = delegate;
        }

        Refusal refusal(boolean untrusted) {
            if (!untrusted || chain.length == 0) {
                return Refusal.OTHER;
            }
            try {
                for (X509Certificate certificate : chain) {
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
            boolean ownIssuer = chain[0].getIssuerX500Principal().equals(chain[0].getSubjectX500Principal());
            return ownIssuer ? Refusal.SELF_SIGNED : Refusal.UNKNOWN_AUTHORITY;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            this.chain = chain.clone();
            delegate.checkServerTrusted(chain, authType);
            chainTrusted = true;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            delegate.checkClientTrusted(chain, authType);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return delegate.getAcceptedIssuers();
        }
    }
}
