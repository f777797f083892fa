package dev.userservice.settings;

import dev.userservice.audit.AuditChain;
import dev.userservice.call.ApiSettings;
import dev.userservice.call.TokenSource;
import dev.userservice.call.Trust;
import dev.userservice.model.Secret;
import dev.userservice.tools.ApiLayout;
import dev.userservice.tools.Catalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The settings of one run: read from the environment once, and every one of them valid.
 *
 * @param token the token, where the environment holds it
 * @param tokenFile the file that holds it otherwise
 * @param account the service account's name, for the audit log
 * @param authorities certificates trusted in addition to the JDK's
 * @param tools names of the tools to offer
 * @param fields fields that may be released
 * @param departments departments that may be listed
 * @param auditFile the audit log; empty where audit lines go to the standard error stream
 * @param warnings what is odd but harmless, a sentence each
 */
public record Settings(
        ApiSettings api,
        ApiLayout layout,
        Optional<Secret> token,
        Optional<Path> tokenFile,
        String account,
        Optional<List<X509Certificate>> authorities,
        List<String> tools,
        List<String> fields,
        List<String> departments,
        Duration callTimeout,
        int ratePerMinute,
        int rateBurst,
        Optional<Path> auditFile,
        AuditChain auditChain,
        String logLevel,
        List<String> warnings) {

    /** The value that sends audit lines to the standard error stream. */
    static final String STDERR = "stderr";

    static final List<String> FIELDS = List.of("id", "name", "email", "status", "department");

    private static final Pattern DEPARTMENT = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");
    private static final Pattern ACCOUNT = Pattern.compile("[\\x21-\\x7E]{1,100}");
    private static final String TOKEN_CHARACTERS = "[A-Za-z0-9!#$%&'*+.^_`|~-]"; // RFC 9110, 5.6.2
    private static final Pattern SCHEME = Pattern.compile(TOKEN_CHARACTERS + "{0,100}");

    /** A header name, but none that the HTTP client reserves or the server sends itself. */
    private static final Pattern HEADER = Pattern.compile(
            "(?i)(?!(?:connection|content-.*|date|expect|from|host|origin|referer|upgrade|via|warning|transfer-encoding"
                    + "|te|trailer|keep-alive|http2-settings|proxy-.*|sec-.*|accept|accept-.*|user-agent|x-request-id"
                    + "|traceparent|tracestate|cookie|range|if-.*)$)"
                    + TOKEN_CHARACTERS
                    + "{1,100}");

    /** Copies the lists, so that nothing changes under a running server. */
    public Settings {
        tools = List.copyOf(tools);
        fields = List.copyOf(fields);
        departments = List.copyOf(departments);
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads and checks everything.
     *
     * @param auditFile the audit log, if no setting names one
     * @throws SettingsException with all problems at once
     */
    public static Settings read(Map<String, String> environment, Path auditFile, String version)
            throws SettingsException {
        SettingsReader reader = new SettingsReader(environment);
        Optional<Secret> token = token(reader);
        Settings settings = new Settings(
                api(reader, version),
                layout(reader),
                token,
                tokenFile(reader),
                reader.matching(Setting.INTERNAL_API_ACCOUNT, ACCOUNT, "must be 1 to 100 visible ASCII characters"),
                reader.contents(
                        Setting.INTERNAL_API_CA_FILE, Trust::read, "must be a readable file of PEM certificates"),
                reader.selection(Setting.USER_SERVICE_TOOLS, Catalogue.NAMES),
                reader.selection(Setting.USER_SERVICE_FIELDS, FIELDS),
                reader.names(
                        Setting.USER_SERVICE_DEPARTMENTS,
                        DEPARTMENT,
                        100,
                        "must be 1 to 100 comma separated names, each once, of a-z, 0-9, _ and -, 63 characters at most"),
                Duration.ofMillis(reader.number(Setting.USER_SERVICE_CALL_TIMEOUT_MS, 100, 600_000)),
                reader.number(Setting.USER_SERVICE_RATE_PER_MINUTE, 1, 1_000_000),
                reader.number(Setting.USER_SERVICE_RATE_BURST, 1, 1_000_000),
                auditFile(reader, auditFile),
                auditChain(reader),
                reader.choice(Setting.USER_SERVICE_LOG_LEVEL, List.of("ERROR", "WARN", "INFO", "DEBUG")),
                warnings(reader));
        if (!reader.problems().isEmpty()) {
            throw new SettingsException(reader.problems());
        }
        return settings;
    }

    /** Reads all but the API's settings; the sample API at {@code url} with {@code token} stands in for it. */
    public static Settings readForDemo(
            Map<String, String> environment, Path auditFile, String version, String url, Secret token)
            throws SettingsException {
        Map<String, String> own = new HashMap<>(environment);
        own.keySet().removeIf(name -> name.startsWith(Setting.API_PREFIX));
        own.put(Setting.INTERNAL_API_URL.name(), url);
        own.put(Setting.INTERNAL_API_TOKEN.name(), token.reveal());
        own.merge(Setting.USER_SERVICE_AUDIT_FILE.name(), STDERR, (given, stderr) -> given.isEmpty() ? stderr : given);
        return read(own, auditFile, version);
    }

    private static Optional<Secret> token(SettingsReader reader) {
        Optional<String> token = reader.given(Setting.INTERNAL_API_TOKEN);
        boolean inFile = reader.isSet(Setting.INTERNAL_API_TOKEN_FILE);
        if (token.isPresent() == inFile) {
            reader.problem(
                    Setting.INTERNAL_API_TOKEN,
                    inFile
                            ? "and INTERNAL_API_TOKEN_FILE are both set; set one of them"
                            : "or INTERNAL_API_TOKEN_FILE is required: the service account's token");
        } else if (token.isPresent() && !TokenSource.isToken(token.get())) {
            reader.problem(Setting.INTERNAL_API_TOKEN, "must be 16 to 8192 visible ASCII characters without spaces");
        }
        return token.map(Secret::new);
    }

    private static Optional<Path> tokenFile(SettingsReader reader) {
        reader.contents(
                Setting.INTERNAL_API_TOKEN_FILE,
                TokenSource::read,
                "must be a readable file with one line, a token of 16 to 8192 visible ASCII characters without spaces");
        return reader.file(Setting.INTERNAL_API_TOKEN_FILE);
    }

    private static List<String> warnings(SettingsReader reader) {
        List<String> warnings = new ArrayList<>(reader.warnings());
        reader.file(Setting.INTERNAL_API_TOKEN_FILE)
                .filter(Settings::isReadableByOthers)
                .ifPresent(file -> warnings.add(
                        Setting.INTERNAL_API_TOKEN_FILE + " can be read by other users of this machine; chmod 600 it"));
        return warnings;
    }

    private static boolean isReadableByOthers(Path file) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            return permissions.contains(PosixFilePermission.OTHERS_READ)
                    || permissions.contains(PosixFilePermission.GROUP_READ);
        } catch (IOException | UnsupportedOperationException e) {
            return false; // an unreadable file is reported as such; not every system has such permissions
        }
    }

    private static AuditChain auditChain(SettingsReader reader) {
        return reader.contents(
                        Setting.USER_SERVICE_AUDIT_KEY_FILE,
                        AuditChain::keyedBy,
                        "must be a readable file of 32 to 1048576 bytes")
                .orElseGet(AuditChain::plain);
    }

    private static ApiSettings api(SettingsReader reader, String version) {
        boolean allowHttp = reader.flag(Setting.INTERNAL_API_ALLOW_HTTP);
        return new ApiSettings(
                reader.url(Setting.INTERNAL_API_URL, allowHttp),
                reader.matching(
                        Setting.INTERNAL_API_AUTH_HEADER,
                        HEADER,
                        "must be the name of a header that neither the HTTP client nor this server sends itself"),
                reader.matching(Setting.INTERNAL_API_AUTH_SCHEME, SCHEME, "must be one word, or empty for none"),
                Duration.ofMillis(reader.number(Setting.INTERNAL_API_CONNECT_TIMEOUT_MS, 100, 60_000)),
                Duration.ofMillis(reader.number(Setting.INTERNAL_API_TIMEOUT_MS, 100, 60_000)),
                reader.number(Setting.INTERNAL_API_RETRIES, 0, 5),
                reader.number(Setting.INTERNAL_API_MAX_RESPONSE_BYTES, 1024, 1_073_741_824),
                reader.number(Setting.USER_SERVICE_MAX_CONCURRENT_CALLS, 1, 256),
                "user-service/" + version);
    }

    private static ApiLayout layout(SettingsReader reader) {
        return new ApiLayout(
                reader.path(Setting.INTERNAL_API_USER_PATH, "user_id"),
                reader.path(Setting.INTERNAL_API_DEPARTMENT_PATH, "department"),
                reader.pointer(Setting.INTERNAL_API_LIST_POINTER),
                reader.choice(Setting.INTERNAL_API_PAGINATION, List.of("client", "api"))
                        .equals("api"),
                reader.pointers(Setting.INTERNAL_API_FIELD_MAP, FIELDS));
    }

    private static Optional<Path> auditFile(SettingsReader reader, Path defaultFile) {
        boolean toStderr = reader.text(Setting.USER_SERVICE_AUDIT_FILE).equals(STDERR);
        Optional<Path> named = reader.file(Setting.USER_SERVICE_AUDIT_FILE);
        return toStderr ? Optional.empty() : named.or(() -> Optional.of(defaultFile));
    }
}
