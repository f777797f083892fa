package dev.userservice.settings;

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

    private final Map<String, String> environment;
    private final Map<String, String> preset;
    private final Set<String> problems = new LinkedHashSet<>();
    private final List<String> warnings = new ArrayList<>();
    private final Set<Setting> unexpanded = EnumSet.noneOf(Setting.class);

    SettingsReader(Map<String, String> environment) {
        this.environment = environment;
        this.preset = Preset.read(environment.getOrDefault(Setting.INTERNAL_API_PRESET.name(), ""));
        for (Setting setting : Setting.values()) {
            if (text(setting).contains("${")) {
                problem(setting
                        + " holds an unexpanded ${...}: the client passed the placeholder instead of its value");
                unexpanded.add(setting);
            }
        }
        environment.keySet().stream()
                .filter(name -> !Setting.exists(name))
                .sorted()
                .forEach(this::unknown);
    }

    private void unknown(String name) {
        String safe = name.replaceAll("[^A-Za-z0-9_]", "?");
        String shown = safe.length() <= 100 ? safe : safe.substring(0, 100) + "...";
        if (name.startsWith("USER_SERVICE_")) {
            problem(shown + " is not a setting of this program; check its spelling");
        } else if (name.startsWith(Setting.API_PREFIX)) {
            warnings.add(shown + " is not a setting of this program and is ignored; check its spelling");
        }
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
            problem(setting + " " + sentence);
        }
    }

    /** Requires that a setting which means nothing without {@code others} is given only with them. */
    void onlyWith(boolean holds, Setting setting, String others) {
        require(setting, holds || !isGiven(setting), "has an effect only with " + others);
    }

    void problem(String sentence) {
        problems.add(sentence);
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

    int number(Setting setting, int min, int max) {
        return read(setting, text -> {
            boolean valid = text.matches("[0-9]{1,10}") && Long.parseLong(text) >= min && Long.parseLong(text) <= max;
            require(valid, "must be a whole number from " + min + " to " + max);
            return Integer.valueOf(text);
        });
    }

    String choice(Setting setting, String... choices) {
        return text(setting, String.join("|", choices), "must be one of: " + String.join(", ", choices));
    }

    /** Returns a text that a regular expression matches as a whole. */
    String text(Setting setting, String regex, String sentence) {
        return read(setting, text -> matching(regex, text, sentence));
    }

    /** Returns what {@code parse} makes of a setting that is not empty. */
    <T> Optional<T> optional(Setting setting, Function<String, T> parse) {
        return read(setting, text -> text.isEmpty() ? Optional.empty() : Optional.of(parse.apply(text)));
    }

    /** Returns a comma separated list, each part once and one of {@code choices}; all of them where none is given. */
    List<String> selection(Setting setting, List<String> choices) {
        String sentence = "must be a comma separated list, each once, of: " + String.join(", ", choices);
        return text(setting).isEmpty() ? choices : list(setting, String.join("|", choices), sentence);
    }

    /** Returns a comma separated list of at most 100 parts, each part once and matched by a regular expression. */
    List<String> list(Setting setting, String regex, String sentence) {
        Predicate<String> valid = Pattern.compile(regex).asMatchPredicate();
        return read(setting, text -> {
            List<String> parts = parts(text);
            boolean distinct = Set.copyOf(parts).size() == parts.size();
            require(parts.stream().allMatch(valid) && distinct && parts.size() <= 100, sentence);
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
                require(!name.isEmpty() && valid.test(name, value) && pairs.put(name, value) == null, sentence);
            }
            return pairs;
        });
    }

    private static List<String> parts(String text) {
        return text.isEmpty()
                ? List.of()
                : Stream.of(text.split(",", -1)).map(String::strip).toList();
    }

    /** Returns what {@code parse} makes of a setting; where it refuses that, reports it and takes the default. */
    <T> T read(Setting setting, Function<String, T> parse) {
        try {
            return parse.apply(text(setting));
        } catch (IllegalArgumentException e) {
            require(setting, false, e.getMessage());
            return parse.apply(setting.defaultValue());
        }
    }

    /** Returns what {@code parse} makes of a text; the parser's own message, which may repeat the text, is dropped. */
    static <T> T parse(String text, Function<String, T> parse, String sentence) {
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(sentence, e);
        }
    }

    /** Returns the text, which a regular expression must match as a whole. */
    static String matching(String regex, String text, String sentence) {
        require(text.matches(regex), sentence);
        return text;
    }

    static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence);
        }
    }
}
