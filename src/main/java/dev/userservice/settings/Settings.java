package dev.userservice.settings;

import static java.nio.file.attribute.PosixFilePermission.GROUP_READ;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_READ;

import dev.userservice.audit.AuditChain;
import dev.userservice.call.ApiSettings;
import dev.userservice.call.OAuthSettings;
import dev.userservice.call.TokenSource;
import dev.userservice.call.Trust;
import dev.userservice.limit.DisclosureFile;
import dev.userservice.model.Secret;
import dev.userservice.tools.ApiLayout;
import dev.userservice.tools.Catalogue;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The settings of one run: read from the environment once, and each of them valid.
 *
 * @param preset the directory whose defaults are in force
 * @param presetOverrides names of the preset's settings that the environment sets otherwise
 * @param token the token, where the environment holds it
 * @param tokenFile the file that holds it otherwise
 * @param oauth how a token is got otherwise
 * @param account the service account's name, for the audit log
 * @param authorities certificates trusted in addition to the JDK's
 * @param tools names of the tools to offer; {@code fields} and {@code departments} are those that may be released
 * @param disclosurePerDay user records that may leave in 24 hours
 * @param auditFile the audit log; empty where audit lines go to the standard error stream
 * @param warnings what is odd but harmless, a sentence each
 */
public record Settings(
        Optional<String> preset,
        List<String> presetOverrides,
        ApiSettings api,
        ApiLayout layout,
        Optional<Secret> token,
        Optional<Path> tokenFile,
        Optional<OAuthSettings> oauth,
        String account,
        Optional<List<X509Certificate>> authorities,
        List<String> tools,
        List<String> fields,
        List<String> departments,
        Duration callTimeout,
        int ratePerMinute,
        int rateBurst,
        int disclosurePerDay,
        Optional<Path> auditFile,
        AuditChain auditChain,
        String logLevel,
        List<String> warnings) {

    /** The value that sends audit lines to the standard error stream. */
    static final String STDERR = "stderr";

    static final List<String> FIELDS = List.of("id", "name", "email", "status", "department");

    private static final String TOKEN_CHARACTERS = "[A-Za-z0-9!#$%&'*+.^_`|~-]"; // RFC 9110, 5.6.2
    private static final Predicate<String> SCHEME = matching(TOKEN_CHARACTERS + "{0,100}");
    private static final Predicate<String> CLIENT_ID = matching("[\\x20-\\x7E]{1,256}"); // RFC 6749, appendix A.1
    private static final Predicate<String> SCOPE = matching("(?=.{1,1024}$)[!#-\\[\\]-~]+(?: [!#-\\[\\]-~]+)*"); // A.4
    private static final List<Setting> OAUTH = List.of(
            Setting.INTERNAL_API_OAUTH_CLIENT_ID,
            Setting.INTERNAL_API_OAUTH_CLIENT_SECRET,
            Setting.INTERNAL_API_OAUTH_CLIENT_SECRET_FILE,
            Setting.INTERNAL_API_OAUTH_SCOPE);
    private static final Predicate<String> ACCOUNT = matching("[\\x21-\\x7E]{1,100}");
    private static final Predicate<String> DEPARTMENT = matching("[a-z0-9][a-z0-9_-]{0,62}");
    private static final String DEPARTMENT_RULE =
            "must be 1 to 100 comma separated names, each once, of a-z, 0-9, _ and -, 63 characters at most";
    private static final String HEADER_RULE =
            "must be the name of a header that neither the HTTP client nor this server sends itself";

    /** A header name, but none that the HTTP client reserves or the server sends itself. */
    private static final Predicate<String> HEADER = matching(
            "(?i)(?!(?:connection|content-.*|date|expect|from|host|origin|referer|upgrade|via|warning|transfer-encoding"
                    + "|te|trailer|keep-alive|http2-settings|proxy-.*|sec-.*|accept|accept-.*|user-agent|x-request-id"
                    + "|traceparent|tracestate|cookie|range|if-.*)$)" + TOKEN_CHARACTERS + "{1,100}");

    /** Copies the lists, so that nothing changes under a running server. */
    public Settings {
        presetOverrides = List.copyOf(presetOverrides);
        tools = List.copyOf(tools);
        fields = List.copyOf(fields);
        departments = List.copyOf(departments);
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads and checks everything.
     *
     * @param envFile the file that some of the environment comes from, if one was named
     * @param places also gives the audit log's place where no setting does; not asked for it otherwise
     * @throws SettingsException with all problems at once
     */
    public static Settings read(Map<String, String> environment, Optional<Path> envFile, Places places, String version)
            throws SettingsException {
        SettingsReader reader = new SettingsReader(environment, places);
        envFile.ifPresent(file -> reader.named("--env-file", file));
        Optional<Secret> token = token(reader); // its problems are reported first
        List<String> departments = reader.list(Setting.USER_SERVICE_DEPARTMENTS, DEPARTMENT, DEPARTMENT_RULE);
        Settings settings = new Settings(
                preset(reader),
                reader.presetOverrides(),
                api(reader, version),
                new LayoutReader(reader).read(departments),
                token,
                secretFile(reader, Setting.INTERNAL_API_TOKEN_FILE),
                oauth(reader),
                reader.text(Setting.INTERNAL_API_ACCOUNT, ACCOUNT, "must be 1 to 100 visible ASCII characters"),
                reader.contents(
                        Setting.INTERNAL_API_CA_FILE, Trust::read, "must be a readable file of PEM certificates"),
                reader.selection(Setting.USER_SERVICE_TOOLS, Catalogue.NAMES),
                reader.selection(Setting.USER_SERVICE_FIELDS, FIELDS),
                departments,
                Duration.ofMillis(reader.number(Setting.USER_SERVICE_CALL_TIMEOUT_MS, 100, 600_000)),
                reader.number(Setting.USER_SERVICE_RATE_PER_MINUTE, 1, 1_000_000),
                reader.number(Setting.USER_SERVICE_RATE_BURST, 1, 1_000_000),
                reader.number(Setting.USER_SERVICE_DISCLOSURE_PER_DAY, 1, 100_000_000),
                auditFile(reader, places),
                auditChain(reader),
                reader.choice(Setting.USER_SERVICE_LOG_LEVEL, "ERROR", "WARN", "INFO", "DEBUG"),
                reader.warnings());
        reader.requireDistinctFiles();
        if (!reader.problems().isEmpty()) {
            throw new SettingsException(reader.problems());
        }
        return settings;
    }

    /** Returns {@code environment} with the sample API at {@code url} in place of all its settings of the API. */
    public static Map<String, String> forDemo(Map<String, String> environment, String url, Secret token) {
        Map<String, String> demo = new HashMap<>(environment);
        demo.keySet().removeIf(name -> name.startsWith(Setting.API_PREFIX));
        demo.put(Setting.INTERNAL_API_URL.name(), url);
        demo.put(Setting.INTERNAL_API_TOKEN.name(), token.reveal());
        demo.merge(Setting.USER_SERVICE_AUDIT_FILE.name(), STDERR, (given, stderr) -> given.isEmpty() ? stderr : given);
        return demo;
    }

    private static ApiSettings api(SettingsReader reader, String version) {
        return new ApiSettings(
                reader.url(Setting.INTERNAL_API_URL, allowHttp(reader)),
                reader.text(Setting.INTERNAL_API_AUTH_HEADER, HEADER, HEADER_RULE),
                authScheme(reader),
                Duration.ofMillis(reader.number(Setting.INTERNAL_API_CONNECT_TIMEOUT_MS, 100, 60_000)),
                Duration.ofMillis(reader.number(Setting.INTERNAL_API_TIMEOUT_MS, 100, 60_000)),
                reader.number(Setting.INTERNAL_API_RETRIES, 0, 5),
                reader.number(Setting.INTERNAL_API_MAX_RESPONSE_BYTES, 1024, 1_073_741_824),
                reader.number(Setting.USER_SERVICE_MAX_CONCURRENT_CALLS, 1, 256),
                "user-service/" + version);
    }

    private static Optional<String> preset(SettingsReader reader) {
        String rule = "must be one of: " + String.join(", ", Preset.NAMES);
        String name = reader.text(
                Setting.INTERNAL_API_PRESET, given -> given.isEmpty() || Preset.NAMES.contains(given), rule);
        return Optional.of(name).filter(Preset.NAMES::contains);
    }

    private static boolean allowHttp(SettingsReader reader) {
        return reader.choice(Setting.INTERNAL_API_ALLOW_HTTP, "true", "false").equals("true");
    }

    /** With OAuth, a preset's word before the token does not count: it is for tokens of another kind. */
    private static String authScheme(SettingsReader reader) {
        boolean bearer = reader.isGiven(Setting.INTERNAL_API_OAUTH_TOKEN_URL)
                && !reader.isThere(Setting.INTERNAL_API_AUTH_SCHEME);
        String scheme = reader.text(Setting.INTERNAL_API_AUTH_SCHEME, SCHEME, "must be one word, or empty for none");
        return bearer ? Setting.INTERNAL_API_AUTH_SCHEME.defaultValue() : scheme;
    }

    private static Optional<Secret> token(SettingsReader reader) {
        Setting setting = Setting.INTERNAL_API_TOKEN;
        List<Setting> ways = Stream.of(setting, Setting.INTERNAL_API_TOKEN_FILE, Setting.INTERNAL_API_OAUTH_TOKEN_URL)
                .filter(reader::isGiven)
                .toList();
        reader.require(
                setting,
                !ways.isEmpty(),
                "or INTERNAL_API_TOKEN_FILE or INTERNAL_API_OAUTH_TOKEN_URL is required: the way to a token");
        reader.requireOneOf(ways);
        return secret(reader, setting);
    }

    /** Returns the secret that a setting holds itself. */
    private static Optional<Secret> secret(SettingsReader reader, Setting setting) {
        String rule = "must be 16 to 8192 visible ASCII characters without spaces";
        String text = reader.text(setting, given -> given.isEmpty() || TokenSource.isToken(given), rule);
        return Optional.of(text).filter(given -> !given.isEmpty()).map(Secret::new);
    }

    private static Optional<OAuthSettings> oauth(SettingsReader reader) {
        boolean used = reader.isGiven(Setting.INTERNAL_API_OAUTH_TOKEN_URL);
        List<Setting> secrets = Stream.of(
                        Setting.INTERNAL_API_OAUTH_CLIENT_SECRET, Setting.INTERNAL_API_OAUTH_CLIENT_SECRET_FILE)
                .filter(reader::isGiven)
                .toList();
        for (Setting setting : OAUTH) {
            reader.require(
                    setting,
                    used || !reader.isGiven(setting),
                    "means something only with INTERNAL_API_OAUTH_TOKEN_URL");
        }
        Optional<URI> url = reader.optionalUrl(Setting.INTERNAL_API_OAUTH_TOKEN_URL, allowHttp(reader));
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
                "or INTERNAL_API_OAUTH_CLIENT_SECRET_FILE is required with OAuth");
        reader.requireOneOf(secrets);
        Optional<Secret> secret = secret(reader, Setting.INTERNAL_API_OAUTH_CLIENT_SECRET);
        Optional<Path> file = secretFile(reader, Setting.INTERNAL_API_OAUTH_CLIENT_SECRET_FILE);
        return url.map(address ->
                new OAuthSettings(address, id, secret, file, Optional.of(scope).filter(given -> !given.isEmpty())));
    }

    /** Returns the file that holds a secret, after a look at what is in it. */
    private static Optional<Path> secretFile(SettingsReader reader, Setting setting) {
        String sentence =
                "must be a readable file with one line, a token of 16 to 8192 visible ASCII characters without spaces";
        reader.contents(setting, TokenSource::read, sentence);
        Optional<Path> file = reader.file(setting);
        if (file.filter(Settings::isReadableByOthers).isPresent()) {
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

    private static Optional<Path> auditFile(SettingsReader reader, Places places) {
        boolean toStderr = reader.text(Setting.USER_SERVICE_AUDIT_FILE).equals(STDERR);
        if (toStderr) {
            return Optional.empty();
        }
        Optional<Path> named = reader.file(Setting.USER_SERVICE_AUDIT_FILE);
        Optional<Path> file = named.isPresent() ? named : defaultAuditFile(reader, places);
        file.ifPresent(log -> nameCount(reader, log));
        return file;
    }

    private static void nameCount(SettingsReader reader, Path auditFile) {
        try {
            reader.named("the disclosure count of USER_SERVICE_AUDIT_FILE", DisclosureFile.beside(auditFile));
        } catch (IOException e) {
            // the folder of both is not there yet, so no other file is in it
        }
    }

    private static Optional<Path> defaultAuditFile(SettingsReader reader, Places places) {
        try {
            Path file = places.auditFile();
            reader.named(Setting.USER_SERVICE_AUDIT_FILE.name(), file);
            return Optional.of(file);
        } catch (InvalidPathException e) {
            reader.require(Setting.USER_SERVICE_AUDIT_FILE, false, "must be set: its default " + Places.NO_PATH);
            return Optional.empty();
        }
    }

    private static AuditChain auditChain(SettingsReader reader) {
        String sentence = "must be a readable file of 32 to 1048576 bytes";
        return reader.contents(Setting.USER_SERVICE_AUDIT_KEY_FILE, AuditChain::keyedBy, sentence)
                .orElseGet(AuditChain::plain);
    }

    private static Predicate<String> matching(String regex) {
        return Pattern.compile(regex).asMatchPredicate();
    }
}
