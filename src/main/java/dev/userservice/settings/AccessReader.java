package dev.userservice.settings;

import static java.nio.file.attribute.PosixFilePermission.GROUP_READ;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_READ;

import dev.userservice.call.OAuthSettings;
import dev.userservice.call.Proxies;
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
import java.util.stream.Stream;

/**
 * Reads where the API is, and how the service account signs in: by a token, a file that holds one, or OAuth, and by
 * exactly one of them.
 */
record AccessReader(SettingsReader reader, NamedFiles files) {

    private static final String CLIENT_ID = "[\\x20-\\x7E]{0,256}"; // RFC 6749, appendix A.1
    private static final String SCOPE = "(?=.{1,1024}$)[!#-\\[\\]-~]+(?: [!#-\\[\\]-~]+)*"; // A.4
    private static final String EXAMPLE = "https://users.corp.example/v1";
    private static final String BARE = "must hold no user info, query or fragment";
    private static final String PLAIN_HTTP =
            "must begin with https: over plain http others on the network can read the token"
                    + " (INTERNAL_API_ALLOW_HTTP=true permits it)";
    private static final List<Setting> OAUTH = List.of(
            Setting.INTERNAL_API_OAUTH_CLIENT_ID,
            Setting.INTERNAL_API_OAUTH_CLIENT_SECRET,
            Setting.INTERNAL_API_OAUTH_CLIENT_SECRET_FILE,
            Setting.INTERNAL_API_OAUTH_SCOPE);

    /** Returns the API's base address without its final slash; it is required. */
    URI url() {
        Setting setting = Setting.INTERNAL_API_URL;
        allowHttp(); // what is wrong with it is told even where there is no address
        boolean given = !reader.text(setting).isEmpty();
        reader.require(setting, given, "is required: the address of the internal user API, for example " + EXAMPLE);
        return reader.read(setting, text -> {
            URI url = text.isEmpty() ? URI.create(EXAMPLE) : toUrl(text);
            SettingsReader.require(url.getRawQuery() == null, BARE);
            return URI.create(url.toASCIIString().replaceFirst("/+$", ""));
        });
    }

    private boolean allowHttp() {
        return reader.choice(Setting.INTERNAL_API_ALLOW_HTTP, "true", "false").equals("true");
    }

    private URI toUrl(String text) {
        URI uri = SettingsReader.parse(text, URI::create, "must be an address like " + EXAMPLE);
        boolean http = "http".equalsIgnoreCase(uri.getScheme());
        boolean https = "https".equalsIgnoreCase(uri.getScheme());
        boolean located = uri.getHost() != null && uri.getPort() != 0 && uri.getPort() <= 65535;
        SettingsReader.require((http || https) && located, "must be an https address with a host, like " + EXAMPLE);
        SettingsReader.require(!uri.getHost().contains("%"), "must hold no IPv6 zone");
        SettingsReader.require(uri.getRawUserInfo() == null && uri.getRawFragment() == null, BARE);
        SettingsReader.require(https || allowHttp() || Proxies.isLoopback(uri.getHost()), PLAIN_HTTP);
        return uri;
    }

    /** With OAuth, a preset's word before the token does not count: it is for tokens of another kind. */
    String authScheme() {
        Setting setting = Setting.INTERNAL_API_AUTH_SCHEME;
        String scheme =
                reader.text(setting, Settings.TOKEN_CHARACTER + "{0,100}", "must be one word, or empty for none");
        boolean bearer = reader.isGiven(Setting.INTERNAL_API_OAUTH_TOKEN_URL) && !reader.isThere(setting);
        return bearer ? setting.defaultValue() : scheme;
    }

    /** Returns the token that the environment holds, and requires that there is exactly one way to a token. */
    Optional<Secret> token() {
        return secret(
                true,
                "is required, or INTERNAL_API_TOKEN_FILE or INTERNAL_API_OAUTH_TOKEN_URL in its place",
                Setting.INTERNAL_API_TOKEN,
                Setting.INTERNAL_API_TOKEN_FILE,
                Setting.INTERNAL_API_OAUTH_TOKEN_URL);
    }

    /** Returns the secret that the first of these settings holds itself; of all, at most one may be given. */
    private Optional<Secret> secret(boolean required, String sentence, Setting... ways) {
        Setting setting = ways[0];
        List<String> given =
                Stream.of(ways).filter(reader::isGiven).map(Setting::name).toList();
        if (given.size() > 1) {
            reader.problem(String.join(" and ", given) + " are set; set only one of them");
        }
        reader.require(setting, !required || !given.isEmpty(), sentence);
        boolean placeholder = reader.text(setting).equals(SecretSource.PLACEHOLDER);
        reader.require(setting, !placeholder, "is " + SecretSource.STILL_PLACEHOLDER);
        return reader.optional(setting, text -> {
            boolean valid = SecretSource.isSecret(text);
            SettingsReader.require(valid, "must be 16 to 8192 visible ASCII characters without spaces");
            return new Secret(text);
        });
    }

    /** Returns how a token is got by OAuth, where that is the way. */
    Optional<OAuthSettings> oauth() {
        boolean used = reader.isGiven(Setting.INTERNAL_API_OAUTH_TOKEN_URL);
        for (Setting setting : OAUTH) {
            reader.onlyWith(used, setting, "INTERNAL_API_OAUTH_TOKEN_URL");
        }
        Optional<URI> url = reader.optional(Setting.INTERNAL_API_OAUTH_TOKEN_URL, this::toUrl);
        String id = reader.text(Setting.INTERNAL_API_OAUTH_CLIENT_ID, CLIENT_ID, "must be 1 to 256 ASCII characters");
        Optional<String> scope = reader.optional(
                Setting.INTERNAL_API_OAUTH_SCOPE,
                text -> SettingsReader.matching(
                        SCOPE, text, "must be words of ASCII characters with a space between them"));
        boolean identified = reader.isGiven(Setting.INTERNAL_API_OAUTH_CLIENT_ID);
        reader.require(Setting.INTERNAL_API_OAUTH_CLIENT_ID, !used || identified, "is required with OAuth");
        Optional<Secret> secret = secret(
                used,
                "is required with OAuth, or INTERNAL_API_OAUTH_CLIENT_SECRET_FILE in its place",
                Setting.INTERNAL_API_OAUTH_CLIENT_SECRET,
                Setting.INTERNAL_API_OAUTH_CLIENT_SECRET_FILE);
        Optional<Path> file = secretFile(Setting.INTERNAL_API_OAUTH_CLIENT_SECRET_FILE, "client secret");
        return url.map(address -> new OAuthSettings(address, id, secret, file, scope));
    }

    /** Returns the file that holds a secret, if a setting names one, after a look at what is in it. */
    Optional<Path> secretFile(Setting setting, String name) {
        files.contents(setting, named -> SecretSource.read(name, named));
        Optional<Path> file = files.file(setting);
        if (file.filter(AccessReader::isReadableByOthers).isPresent()) {
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
