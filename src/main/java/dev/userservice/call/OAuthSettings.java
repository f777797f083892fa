package dev.userservice.call;

import dev.userservice.model.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How a token is got by OAuth 2.0 client credentials (RFC 6749, 4.4).
 *
 * @param secret the client's secret, where the environment holds it
 * @param secretFile the file that holds it otherwise
 */
public record OAuthSettings(
        URI tokenUrl, String clientId, Optional<Secret> secret, Optional<Path> secretFile, Optional<String> scope) {}
