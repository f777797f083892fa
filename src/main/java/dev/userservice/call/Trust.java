package dev.userservice.call;

import dev.userservice.model.FileFault;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Whom TLS believes: the JDK's certificate authorities and those of a file. Host names are always checked. */
public final class Trust {

    private Trust() {}

    /** @throws IOException where the file cannot be read or holds no PEM certificate */
    public static List<X509Certificate> read(Path file) throws IOException {
        InputStream pem = new ByteArrayInputStream(FileFault.read(file, 4 * 1024 * 1024));
        try {
            var certificates = CertificateFactory.getInstance("X.509").generateCertificates(pem);
            if (!certificates.isEmpty()) {
                return certificates.stream().map(X509Certificate.class::cast).toList();
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // as good as none
        }
        throw new FileFault(file, "no PEM certificate that can be read");
    }

    /** Returns a context that believes the JDK's authorities and {@code further}. */
    public static SSLContext context(List<X509Certificate> further) {
        return believing(manager(further));
    }

    /** Returns a context that believes whom {@code manager} believes. */
    public static SSLContext believing(TrustManager manager) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {manager}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java platform has TLS
        }
    }

    /** Returns who decides whether to believe, by the JDK's authorities and {@code further}. */
    public static X509ExtendedTrustManager manager(List<X509Certificate> further) {
        try {
            List<X509Certificate> all = new ArrayList<>(further);
            all.addAll(List.of(manager((KeyStore) null).getAcceptedIssuers())); // the JDK's
            KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
            anchors.load(null, null);
            for (X509Certificate anchor : all) {
                anchors.setCertificateEntry(Integer.toString(anchors.size()), anchor);
            }
            return manager(anchors);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the JDK's certificate authorities cannot be used", e);
        }
    }

    private static X509ExtendedTrustManager manager(KeyStore anchors) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(anchors);
        return (X509ExtendedTrustManager) factory.getTrustManagers()[0]; // the JDK's factories make this one
    }
}
