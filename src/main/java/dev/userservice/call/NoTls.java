package dev.userservice.call;

import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * Stands where the HTTP client wants TLS and no address needs it: no secure connection can be made with it. The client
 * always sets TLS up, and the JDK's takes 100 ms of CPU and 300 classes, not counting its list of authorities.
 */
final class NoTls extends SSLContextSpi {

    private NoTls() {}

    static SSLContext context() {
        return new SSLContext(new NoTls(), null, "none") {};
    }

    @Override
    protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random) {
        throw noTls();
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
        throw noTls();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
        throw noTls();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
        throw noTls();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
        throw noTls();
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
        throw noTls();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
        throw noTls();
    }

    private static UnsupportedOperationException noTls() {
        return new UnsupportedOperationException("no address needs TLS");
    }
}
