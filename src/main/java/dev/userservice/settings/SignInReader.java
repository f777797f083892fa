package dev.userservice.settings;

import static java.nio.file.attribute.PosixFilePermission.GROUP_READ;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_READ;

import dev.userservice.call.OAuthSettings;
import dev.userservice.call.SecretSource;
import dev.userservice.model.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Reads how the service account signs in: by a token, a file that holds one, or OAuth, and by exactly one of them. */
final class SignInReader {

    private static final Predicate<String> SCHEME = Settings.matching(Settings.TOKEN_CHARACTERS + "{0,100}");
    private static final Predicate<String> CLIENT_ID =
            Settings.matching("[\\x20-\\x7E]{1,256}"); // RFC 6749, appendix A.1
    private static final Predicate<String> SCOPE =
            Settings.matching("(?=.{1,1024}$)[!#-\\[\\]-~]+(?: [!#-\\[\\]-~]+)*"); // A.4
    private static final List<Setting> OAUTH = List.of(
            Setting.INTERNAL_API_OAUTH_CLIENT_ID,
            Setting.INTERNAL_API_OAUTH_CLIENT_SECRET,
            Setting.INTERNAL_API_OAUTH_CLIENT_SECRET_FILE,
            Setting.INTERNAL_API_OAUTH_SCOPE);

    private final SettingsReader reader;

    SignInReader(SettingsReader reader) {
        this.reader = reader;
    }

    /** With OAuth, a preset's word before the token does not count: it is for tokens of another kind. */
    String authScheme() {
        boolean bearer = reader.isGiven(Setting.INTERNAL_API_OAUTH_TOKEN_URL)
                && !reader.isThere(Setting.INTERNAL_API_AUTH_SCHEME);
        String scheme = reader.text(Setting.INTERNAL_API_AUTH_SCHEME, SCHEME, "must be one word, or empty for none");
        return bearer ? Setting.INTERNAL_API_AUTH_SCHEME.defaultValue() : scheme;
    }

    /** Returns the token that the environment holds, and requires that there is exactly one way to a token. */
    Optional<Secret> token() {
        Setting setting = Setting.INTERNAL_API_TOKEN;
        List<Setting> ways = Stream.of(setting, Setting.INTERNAL_API_TOKEN_FILE, Setting.INTERNAL_API_OAUTH_TOKEN_URL)
                .filter(reader::isGiven)
                .toList();
        reader.require(
                setting,
                !ways.isEmpty(),
                "is required, or INTERNAL_API_TOKEN_FILE or INTERNAL_API_OAUTH_TOKEN_URL in its place");
        reader.requireOneOf(ways);
        return secret(setting);
    }

    /** Returns the secret that a setting holds itself. */
    private Optional<Secret> secret(Setting setting) {
        boolean placeholder = reader.text(setting).equals(SecretSource.PLACEHOLDER);
        reader.require(setting, !placeholder, "is " + SecretSource.STILL_PLACEHOLDER);
        String rule = "must be 16 to 8192 visible ASCII characters without spaces";
        String text = reader.text(setting, given -> given.isEmpty() || SecretSource.isSecret(given), rule);
        return Optional.of(text).filter(given -> !given.isEmpty()).map(Secret::new);
    }

    /** Returns how a token is got by OAuth, where that is the way. */
    Optional<OAuthSettings> oauth() {
        boolean used = reader.isGiven(Setting.INTERNAL_API_OAUTH_TOKEN_URL);
        List<Setting> secrets = Stream.of(
                        Setting.INTERNAL_API_OAUTH_CLIENT_SECRET, Setting.INTERNAL_API_OAUTH_CLIENT_SECRET_FILE)
                .filter(reader::isGiven)
                .toList();
        for (Setting setting : OAUTH) {
            reader.require(
                    setting, used || !reader.isGiven(setting), "has an effect only with INTERNAL_API_OAUTH_TOKEN_URL");
        }
        Optional<URI> url = reader.optionalUrl(Setting.INTERNAL_API_OAUTH_TOKEN_URL);
        String id = reader.text(
                Setting.INTERNAL_API_OAUTH_CLIENT_ID,
                given -> given.isEmpty() || CLIENT_ID.test(given),
                "must be 1 to 256 ASCII characters");
        String scope = reader.text(
                Setting.INTERNAL_API_OAUTH_SCOPE,
                given -> given.isEmpty() || SCOPE.test(given),
                "must be words of ASCII characters with a space between them");
        reader.require(Setting.INTERNAL_API_OAUTH_CLIENT_ID, !used || !id.isEmpty(), "is required with OAuth");
        reader.require(
                Setting.INTERNAL_API_OAUTH_CLIENT_SECRET,
                !used || !secrets.isEmpty(),
                "is required with OAuth, or INTERNAL_API_OAUTH_CLIENT_SECRET_FILE in its place");
        reader.requireOneOf(secrets);
        Optional<Secret> secret = secret(Setting.INTERNAL_API_OAUTH_CLIENT_SECRET);
        Optional<Path> file = secretFile(Setting.INTERNAL_API_OAUTH_CLIENT_SECRET_FILE, "client secret");
        return url.map(address ->
                new OAuthSettings(address, id, secret, file, Optional.of(scope).filter(given -> !given.isEmpty())));
    }

    /** Returns the file that holds the token, if that is the way. */
    Optional<Path> tokenFile() {
        return secretFile(Setting.INTERNAL_API_TOKEN_FILE, "token");
    }

    /** Returns the file that holds a secret, after a look at what is in it. */
    private Optional<Path> secretFile(Setting setting, String name) {
        reader.contents(setting, named -> SecretSource.read(name, named));
        Optional<Path> file = reader.file(setting);
        if (file.filter(SignInReader::isReadableByOthers).isPresent()) {
            reader.warning(setting, "can be read by other users of this machine; chmod 600 it");
        }
        return file;
    }

    private static boolean isReadableByOthers(Path file) {
        try {
            return !Collections.disjoint(Files.getPosixFilePermissions(file), Set.of(OTHERS_READ, GROUP_READ));
        } catch (IOException | UnsupportedOperationException e) {
            return false; // an unreadable file is reported as such; not every system has such permissions
        }
    }
}
