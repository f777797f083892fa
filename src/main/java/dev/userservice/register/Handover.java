package dev.userservice.register;

import dev.userservice.model.Secret;
import dev.userservice.settings.Places;
import dev.userservice.settings.Setting;
import dev.userservice.settings.Settings;
import dev.userservice.settings.SettingsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The settings of the shell that registers a server, as the client hands them on to it: checked, and independent of the
 * client's own environment and folder. No secret is among them.
 *
 * @param environment variables by name, paths absolute
 * @param arguments of the server
 * @param warnings what is odd but harmless, a sentence each
 */
record Handover(Map<String, String> environment, List<String> arguments, List<String> warnings) {

    private static final String SECRET_SENTENCE =
            " is a secret, which a client's configuration is no place for; write it into a file that only you can read,"
                    + " and name that by ";

    /**
     * Reads and checks the settings.
     *
     * @param envFile the file that more of them are in than the environment holds, which is then named instead of its
     *     contents
     * @param demo whether the sample API stands in for the API and its settings
     * @throws SettingsException with everything that is wrong with them, or secret
     */
    static Handover of(Optional<Path> envFile, boolean demo, Places places, String version) throws SettingsException {
        Map<String, String> given = places.environment();
        Places all = places.with(envFile);
        List<String> problems = new ArrayList<>(demo ? List.of() : secrets(given));
        try {
            Places read = demo ? Settings.forDemo(all, "http://127.0.0.1", new Secret("x".repeat(16))) : all;
            Settings settings = Settings.read(read, envFile, version);
            if (problems.isEmpty()) {
                List<String> arguments = new ArrayList<>(demo ? List.of("--demo") : List.of());
                envFile.ifPresent(file -> arguments.addAll(List.of("--env-file", absolute(file))));
                return new Handover(
                        variables(given, all.environment(), settings, demo), arguments, settings.warnings());
            }
        } catch (SettingsException e) {
            problems.addAll(e.problems());
        }
        throw new SettingsException(problems);
    }

    private static List<String> secrets(Map<String, String> given) {
        return Stream.of(Setting.INTERNAL_API_TOKEN, Setting.INTERNAL_API_OAUTH_CLIENT_SECRET)
                .filter(setting -> !given.getOrDefault(setting.name(), "").isEmpty())
                .map(setting -> setting + SECRET_SENTENCE + setting + "_FILE")
                .toList();
    }

    private static Map<String, String> variables(
            Map<String, String> given, Map<String, String> all, Settings settings, boolean demo) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (Setting setting : Setting.values()) {
            String text = all.getOrDefault(setting.name(), "");
            String value = setting == Setting.USER_SERVICE_AUDIT_FILE
                    ? settings.auditFile().map(Handover::absolute).orElse(Settings.STDERR)
                    : setting.name().endsWith("_FILE") && !text.isEmpty() ? absolute(Path.of(text)) : text;
            boolean used = !demo || !setting.name().startsWith("INTERNAL_API_");
            if (used && (setting.isIn(given) || !value.equals(text))) {
                variables.put(setting.name(), value);
            }
        }
        // Proxies hold no credentials: those are refused.
        Stream.of("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY")
                .filter(name -> !demo && !given.getOrDefault(name, "").isEmpty())
                .forEach(name -> variables.put(name, given.get(name)));
        return variables;
    }

    /** Leaves out single dots only: what two dots mean depends on links. */
    static String absolute(Path path) {
        Path absolute = path.toAbsolutePath();
        return (absolute.toString().contains("..") ? absolute : absolute.normalize()).toString();
    }
}
