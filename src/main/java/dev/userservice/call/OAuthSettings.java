package dev.userservice.call;

import dev.userservice.model.Secret;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;

/**
 * How a token is got by OAuth 2.0 client credentials (RFC 6749, 4.4).
 *
 * @param secret the client's secret, where the environment holds it
 * @param secretFile the file that holds it otherwise
 */
public record OAuthSettings(
        URI tokenUrl, String clientId, Optional<Secret> secret, Optional<Path> secretFile, Optional<String> scope) {

    /** Returns the request for a token: the one method, every header and every parameter that is ever sent there. */
    HttpRequest request(Secret clientSecret, String userAgent) {
        // RFC 6749, 4.4.2
        String form = "grant_type=client_credentials"
                + scope.map(words -> "&scope=" + encode(words)).orElse("");
        return HttpRequest.newBuilder(tokenUrl)
                .POST(BodyPublishers.ofString(form))
                .setHeader("Content-Type", "application/x-www-form-urlencoded")
                .setHeader("Accept", "application/json")
                .setHeader("User-Agent", userAgent)
                .setHeader("Authorization", "Basic " + credential(clientSecret))
                .build();
    }

    /** RFC 6749, 2.3.1: id and secret are form-urlencoded before they become user name and password of HTTP Basic. */
    private String credential(Secret clientSecret) {
        String pair = encode(clientId) + ":" + encode(clientSecret.reveal());
        return Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
