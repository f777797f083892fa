package dev.userservice.settings;

import com.fasterxml.jackson.core.JsonPointer;
import dev.userservice.call.PathTemplate;
import dev.userservice.call.Proxies;
import dev.userservice.model.FileFault;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads settings one by one from an environment and collects what is wrong with them, each problem once, so that all
 * can be reported together. A value is never part of a problem: it may be a secret in the wrong place.
 */
final class SettingsReader {

    private static final Pattern WRONG_ESCAPE = Pattern.compile("~(?![01])"); // RFC 6901, 3

    private static final int MAX_PARTS = 100;
    private static final String EXAMPLE = "https://users.corp.example/v1";
    private static final String UNEXPANDED =
            "holds an unexpanded ${...}: the client passed the placeholder instead of its value";
    private static final String BARE = "must hold no user info, query or fragment";
    private static final String PLAIN_HTTP =
            "must begin with https: over plain http others on the network can read the token"
                    + " (INTERNAL_API_ALLOW_HTTP=true permits it)";

    private final Map<String, String> environment;
    private final Map<String, String> preset;
    private final Places places;
    private final Set<String> problems = new LinkedHashSet<>();
    private final List<String> warnings = new ArrayList<>();
    private final Set<Setting> unexpanded = EnumSet.noneOf(Setting.class);
    private final NamedFiles files = new NamedFiles();

    SettingsReader(Map<String, String> environment, Places places) {
        this.environment = environment;
        this.preset = Preset.read(environment.getOrDefault(Setting.INTERNAL_API_PRESET.name(), ""));
        this.places = places;
        for (Setting setting : Setting.values()) {
            if (text(setting).contains("${")) {
                require(setting, false, UNEXPANDED);
                unexpanded.add(setting);
            }
        }
        unknown(Setting.SERVICE_PREFIX)
                .forEach(name -> problems.add(name + " is not a setting of this program; check its spelling"));
        unknown(Setting.API_PREFIX)
                .forEach(name ->
                        warnings.add(name + " is not a setting of this program and is ignored; check its spelling"));
    }

    private Stream<String> unknown(String prefix) {
        return environment.keySet().stream()
                .filter(name -> name.startsWith(prefix) && !Setting.exists(name))
                .sorted()
                .map(SettingsReader::printable);
    }

    private static String printable(String name) {
        String safe = name.replaceAll("[^A-Za-z0-9_]", "?");
        return safe.length() <= 100 ? safe : safe.substring(0, 100) + "...";
    }

    List<String> problems() {
        return List.copyOf(problems);
    }

    List<String> warnings() {
        return warnings;
    }

    /** Reports a problem unless {@code holds}; of a value with an unexpanded placeholder, nothing else is reported. */
    void require(Setting setting, boolean holds, String sentence) {
        if (!holds && !unexpanded.contains(setting)) {
            problems.add(setting + " " + sentence);
        }
    }

    void warning(Setting setting, String sentence) {
        warnings.add(setting + " " + sentence);
    }

    /**
     * Returns the value given, else the preset's, else the default; an empty value is one only where it has a meaning.
     */
    String text(Setting setting) {
        String name = setting.name();
        return isThere(setting) ? environment.get(name) : preset.getOrDefault(name, setting.defaultValue());
    }

    /** Returns whether the environment itself says something of a setting, be it empty where that has a meaning. */
    boolean isThere(Setting setting) {
        return setting.isIn(environment);
    }

    /** Returns whether the environment itself has a value for a setting that is not empty. */
    boolean isGiven(Setting setting) {
        return !environment.getOrDefault(setting.name(), "").isEmpty();
    }

    /** Returns the names of the preset's settings that the environment has a value of its own for. */
    List<String> presetOverrides() {
        return Stream.of(Setting.values())
                .filter(setting -> preset.containsKey(setting.name()) && isThere(setting))
                .map(Setting::name)
                .toList();
    }

    /** Requires that of settings that are given at most one is there. */
    void requireOneOf(List<Setting> given) {
        if (given.size() > 1) {
            List<String> names = given.stream().map(Setting::name).toList();
            problems.add(String.join(" and ", names) + " are set; set only one of them");
        }
    }

    int number(Setting setting, int min, int max) {
        return read(setting, text -> {
            boolean valid = text.matches("[0-9]{1,10}") && Long.parseLong(text) >= min && Long.parseLong(text) <= max;
            require(valid, "must be a whole number from " + min + " to " + max);
            return Integer.valueOf(text);
        });
    }

    String choice(Setting setting, String... choices) {
        return text(setting, List.of(choices)::contains, "must be one of: " + String.join(", ", choices));
    }

    String text(Setting setting, Predicate<String> valid, String sentence) {
        return read(setting, text -> {
            require(valid.test(text), sentence);
            return text;
        });
    }

    /** Returns a comma separated list, each part once and one of {@code choices}; all of them where none is given. */
    List<String> selection(Setting setting, List<String> choices) {
        String sentence = "must be a comma separated list, each once, of: " + String.join(", ", choices);
        return text(setting).isEmpty() ? choices : list(setting, choices::contains, sentence);
    }

    /** Returns a comma separated list of at most 100 parts, each part once. */
    List<String> list(Setting setting, Predicate<String> valid, String sentence) {
        return read(setting, text -> {
            List<String> parts = parts(text);
            boolean distinct = Set.copyOf(parts).size() == parts.size();
            require(parts.stream().allMatch(valid) && distinct && parts.size() <= MAX_PARTS, sentence);
            return parts;
        });
    }

    /** Returns {@code NAME=TEXT,...} as a map, each name once; the first equals sign ends the name. */
    Map<String, String> pairs(Setting setting, BiPredicate<String, String> valid, String sentence) {
        return read(setting, text -> {
            Map<String, String> pairs = new LinkedHashMap<>();
            for (String part : parts(text)) {
                int equals = part.indexOf('=');
                String name = part.substring(0, Math.max(0, equals)).strip();
                String value = part.substring(equals + 1).strip();
                require(!name.isEmpty() && valid.test(name, value), sentence);
                require(pairs.put(name, value) == null, sentence);
            }
            return pairs;
        });
    }

    private static List<String> parts(String text) {
        return text.isEmpty()
                ? List.of()
                : Stream.of(text.split(",", -1)).map(String::strip).toList();
    }

    JsonPointer pointer(Setting setting) {
        String sentence = "must be a JSON Pointer: empty, or parts that each begin with a slash";
        return read(setting, text -> toPointer(text, sentence));
    }

    private static JsonPointer toPointer(String text, String sentence) {
        require(text.isEmpty() || isPointer(text), sentence);
        return JsonPointer.compile(text);
    }

    /** Returns whether a text is a JSON Pointer to something within a value. */
    static boolean isPointer(String text) {
        return text.startsWith("/") && !WRONG_ESCAPE.matcher(text).find();
    }

    PathTemplate path(Setting setting, String placeholder) {
        return read(setting, text -> PathTemplate.parse(text, placeholder));
    }

    Optional<Path> file(Setting setting) {
        Optional<Path> file = read(
                setting,
                text -> Optional.of(text)
                        .filter(given -> !given.isEmpty())
                        .map(given -> parse(given, places::of, Places.NO_PATH)));
        file.ifPresent(path -> named(setting.name(), path));
        return file;
    }

    /** Notes a file by the name of the setting or option that it comes from. */
    void named(String name, Path file) {
        files.add(name, file);
    }

    /** Requires that the files noted are different ones. */
    void requireDistinctFiles() {
        problems.addAll(files.problems());
    }

    /** Reads a file. */
    @FunctionalInterface
    interface FileReader<T> {
        T read(Path file) throws IOException;
    }

    /** Returns what {@code reader} reads from the file that a setting names, if it names one. */
    <T> Optional<T> contents(Setting setting, FileReader<T> reader) {
        return file(setting).flatMap(file -> {
            try {
                return Optional.of(reader.read(file));
            } catch (IOException e) {
                require(setting, false, "cannot be used: " + FileFault.reason(e));
                return Optional.empty();
            }
        });
    }

    /** Returns a base address without its final slash; it is required. */
    URI url(Setting setting) {
        allowHttp(); // what is wrong with it is told even where there is no address
        boolean given = !text(setting).isEmpty();
        require(setting, given, "is required: the address of the internal user API, for example " + EXAMPLE);
        return read(setting, text -> {
            URI url = text.isEmpty() ? URI.create(EXAMPLE) : toUrl(text);
            require(url.getRawQuery() == null, BARE);
            return URI.create(url.toASCIIString().replaceFirst("/+$", ""));
        });
    }

    /** Returns an address, which may have a query, where there is one. */
    Optional<URI> optionalUrl(Setting setting) {
        return read(
                setting,
                text -> Optional.of(text).filter(given -> !given.isEmpty()).map(given -> toUrl(given)));
    }

    private boolean allowHttp() {
        return choice(Setting.INTERNAL_API_ALLOW_HTTP, "true", "false").equals("true");
    }

    private URI toUrl(String text) {
        URI uri = parse(text, URI::create, "must be an address like " + EXAMPLE);
        boolean http = "http".equalsIgnoreCase(uri.getScheme());
        boolean https = "https".equalsIgnoreCase(uri.getScheme());
        boolean located = uri.getHost() != null && uri.getPort() != 0 && uri.getPort() <= 65535;
        require((http || https) && located, "must be an https address with a host, like " + EXAMPLE);
        require(!uri.getHost().contains("%"), "must hold no IPv6 zone");
        require(uri.getRawUserInfo() == null && uri.getRawFragment() == null, BARE);
        require(https || allowHttp() || Proxies.isLoopback(uri.getHost()), PLAIN_HTTP);
        return uri;
    }

    /**
     * Returns what {@code parse} makes of a setting; where it refuses the value, reports that and takes the default.
     */
    <T> T read(Setting setting, Function<String, T> parse) {
        try {
            return parse.apply(text(setting));
        } catch (IllegalArgumentException e) {
            require(setting, false, e.getMessage());
            return parse.apply(setting.defaultValue());
        }
    }

    /** Returns what {@code parse} makes of a text; the parser's own message, which may repeat the text, is dropped. */
    private static <T> T parse(String text, Function<String, T> parse, String sentence) {
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(sentence, e);
        }
    }

    static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence);
        }
    }
}
