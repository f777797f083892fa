package dev.userservice.settings;

import dev.userservice.audit.AuditChain;
import dev.userservice.call.ApiSettings;
import dev.userservice.call.OAuthSettings;
import dev.userservice.call.Proxies;
import dev.userservice.call.Trust;
import dev.userservice.model.Secret;
import dev.userservice.tools.ApiLayout;
import dev.userservice.tools.Catalogue;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
        Proxies proxies,
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
    public static final String STDERR = "stderr";

    static final List<String> FIELDS = List.of("id", "name", "email", "status", "department");

    static final String TOKEN_CHARACTER = "[A-Za-z0-9!#$%&'*+.^_`|~-]"; // RFC 9110, 5.6.2

    /** A header name, but none that the HTTP client reserves or the server sends itself. */
    private static final String HEADER =
            "(?i)(?!(?:connection|content-.*|date|expect|from|host|origin|referer|upgrade|via|warning|transfer-encoding"
                    + "|te|trailer|keep-alive|http2-settings|proxy-.*|sec-.*|accept|accept-.*|user-agent|x-request-id"
                    + "|traceparent|tracestate|cookie|range|if-.*)$)" + TOKEN_CHARACTER + "{1,100}";

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
     * @param places hold the environment, and the audit log's place where no setting does
     * @param envFile the file that some of the environment comes from, if one was named
     * @throws SettingsException with all problems at once
     */
    public static Settings read(Places places, Optional<Path> envFile, String version) throws SettingsException {
        SettingsReader reader = new SettingsReader(places.environment());
        NamedFiles files = new NamedFiles(reader, places, envFile);
        AccessReader access = new AccessReader(reader, files);
        Optional<Secret> token = access.token(); // its problems are reported first
        List<String> departments = reader.list(
                Setting.USER_SERVICE_DEPARTMENTS,
                "[a-z0-9][a-z0-9_-]{0,62}",
                "must be 1 to 100 comma separated names, each once, of a-z, 0-9, _ and -, 63 characters at most");
        Settings settings = new Settings(
                preset(reader),
                reader.presetOverrides(),
                api(reader, access, version),
                new LayoutReader(reader).read(departments),
                token,
                access.secretFile(Setting.INTERNAL_API_TOKEN_FILE, "token"),
                access.oauth(),
                reader.text(Setting.INTERNAL_API_ACCOUNT, "[!-~]{1,100}", "must be 1 to 100 visible ASCII characters"),
                files.contents(Setting.INTERNAL_API_CA_FILE, Trust::read),
                proxies(reader, places),
                reader.selection(Setting.USER_SERVICE_TOOLS, Catalogue.NAMES),
                reader.selection(Setting.USER_SERVICE_FIELDS, FIELDS),
                departments,
                Duration.ofMillis(reader.number(Setting.USER_SERVICE_CALL_TIMEOUT_MS, 100, 600_000)),
                reader.number(Setting.USER_SERVICE_RATE_PER_MINUTE, 1, 1_000_000),
                reader.number(Setting.USER_SERVICE_RATE_BURST, 1, 1_000_000),
                reader.number(Setting.USER_SERVICE_DISCLOSURE_PER_DAY, 1, 100_000_000),
                files.auditFile(),
                files.contents(Setting.USER_SERVICE_AUDIT_KEY_FILE, AuditChain::keyedBy)
                        .orElseGet(AuditChain::plain),
                reader.choice(Setting.USER_SERVICE_LOG_LEVEL, "ERROR", "WARN", "INFO", "DEBUG"),
                reader.warnings());
        files.requireDistinct();
        if (!reader.problems().isEmpty()) {
            throw new SettingsException(reader.problems());
        }
        return settings;
    }

    /**
     * Returns {@code places} with the sample API at {@code url} in place of all that is said of the API and its way.
     */
    public static Places forDemo(Places places, String url, Secret token) {
        Map<String, String> demo = new HashMap<>(places.environment());
        demo.keySet().removeIf(name -> name.startsWith(Setting.API_PREFIX) || name.matches("(?i).*_PROXY"));
        demo.put(Setting.INTERNAL_API_URL.name(), url);
        demo.put(Setting.INTERNAL_API_TOKEN.name(), token.reveal());
        demo.merge(Setting.USER_SERVICE_AUDIT_FILE.name(), STDERR, (given, stderr) -> given.isEmpty() ? stderr : given);
        return new Places(demo, places.properties());
    }

    private static ApiSettings api(SettingsReader reader, AccessReader access, String version) {
        return new ApiSettings(
                access.url(),
                reader.text(
                        Setting.INTERNAL_API_AUTH_HEADER,
                        HEADER,
                        "must be the name of a header that neither the HTTP client nor this server sends itself"),
                access.authScheme(),
                Duration.ofMillis(reader.number(Setting.INTERNAL_API_CONNECT_TIMEOUT_MS, 100, 60_000)),
                Duration.ofMillis(reader.number(Setting.INTERNAL_API_TIMEOUT_MS, 100, 60_000)),
                reader.number(Setting.INTERNAL_API_RETRIES, 0, 5),
                reader.number(Setting.INTERNAL_API_MAX_RESPONSE_BYTES, 1024, 1_073_741_824),
                reader.number(Setting.USER_SERVICE_MAX_CONCURRENT_CALLS, 1, 256),
                "user-service/" + version);
    }

    private static Proxies proxies(SettingsReader reader, Places places) {
        Proxies proxies = new Proxies(places.environment(), places.properties());
        proxies.problems().forEach(reader::problem);
        return proxies;
    }

    private static Optional<String> preset(SettingsReader reader) {
        String regex = String.join("|", Preset.NAMES);
        String rule = "must be one of: " + String.join(", ", Preset.NAMES);
        return reader.optional(Setting.INTERNAL_API_PRESET, text -> SettingsReader.matching(regex, text, rule));
    }
}
