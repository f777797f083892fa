package dev.userservice.settings;

import static java.nio.file.attribute.PosixFilePermission.GROUP_READ;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_READ;

import dev.userservice.audit.AuditChain;
import dev.userservice.call.ApiSettings;
import dev.userservice.call.TokenSource;
import dev.userservice.call.Trust;
import dev.userservice.model.Secret;
import dev.userservice.tools.ApiLayout;
import dev.userservice.tools.Catalogue;
import java.io.IOException;
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

/**
 * The settings of one run: read from the environment once, and each of them valid.
 *
 * @param token the token, where the environment holds it
 * @param tokenFile the file that holds it otherwise
 * @param account the service account's name, for the audit log
 * @param authorities certificates trusted in addition to the JDK's
 * @param tools names of the tools to offer; {@code fields} and {@code departments} are those that may be released
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

    private static final String TOKEN_CHARACTERS = "[A-Za-z0-9!#$%&'*+.^_`|~-]"; // RFC 9110, 5.6.2
    private static final Predicate<String> SCHEME = matching(TOKEN_CHARACTERS + "{0,100}");
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
        Settings settings = new Settings(
                api(reader, version),
                layout(reader),
                token,
                tokenFile(reader),
                reader.text(Setting.INTERNAL_API_ACCOUNT, ACCOUNT, "must be 1 to 100 visible ASCII characters"),
                reader.contents(
                        Setting.INTERNAL_API_CA_FILE, Trust::read, "must be a readable file of PEM certificates"),
                reader.selection(Setting.USER_SERVICE_TOOLS, Catalogue.NAMES),
                reader.selection(Setting.USER_SERVICE_FIELDS, FIELDS),
                reader.list(Setting.USER_SERVICE_DEPARTMENTS, DEPARTMENT, DEPARTMENT_RULE),
                Duration.ofMillis(reader.number(Setting.USER_SERVICE_CALL_TIMEOUT_MS, 100, 600_000)),
                reader.number(Setting.USER_SERVICE_RATE_PER_MINUTE, 1, 1_000_000),
                reader.number(Setting.USER_SERVICE_RATE_BURST, 1, 1_000_000),
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
        boolean allowHttp =
                reader.choice(Setting.INTERNAL_API_ALLOW_HTTP, "true", "false").equals("true");
        return new ApiSettings(
                reader.url(Setting.INTERNAL_API_URL, allowHttp),
                reader.text(Setting.INTERNAL_API_AUTH_HEADER, HEADER, HEADER_RULE),
                reader.text(Setting.INTERNAL_API_AUTH_SCHEME, SCHEME, "must be one word, or empty for none"),
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
                reader.choice(Setting.INTERNAL_API_PAGINATION, "client", "api").equals("api"),
                reader.pointers(Setting.INTERNAL_API_FIELD_MAP, FIELDS));
    }

    private static Optional<Secret> token(SettingsReader reader) {
        Setting setting = Setting.INTERNAL_API_TOKEN;
        String token = reader.text(setting);
        boolean here = !token.isEmpty();
        boolean inFile = !reader.text(Setting.INTERNAL_API_TOKEN_FILE).isEmpty();
        boolean valid = !here || TokenSource.isToken(token);
        reader.require(setting, here || inFile, "or INTERNAL_API_TOKEN_FILE is required: the service account's token");
        reader.require(setting, !here || !inFile, "and INTERNAL_API_TOKEN_FILE are both set; set one of them");
        reader.require(setting, valid || inFile, "must be 16 to 8192 visible ASCII characters without spaces");
        return here ? Optional.of(new Secret(token)) : Optional.empty();
    }

    private static Optional<Path> tokenFile(SettingsReader reader) {
        String sentence =
                "must be a readable file with one line, a token of 16 to 8192 visible ASCII characters without spaces";
        reader.contents(Setting.INTERNAL_API_TOKEN_FILE, TokenSource::read, sentence);
        Optional<Path> file = reader.file(Setting.INTERNAL_API_TOKEN_FILE);
        if (file.filter(Settings::isReadableByOthers).isPresent()) {
            reader.warning(Setting.INTERNAL_API_TOKEN_FILE, "can be read by other users of this machine; chmod 600 it");
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
        return named.isPresent() ? named : defaultAuditFile(reader, places);
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
