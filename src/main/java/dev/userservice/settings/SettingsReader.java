package dev.userservice.settings;

import com.fasterxml.jackson.core.JsonPointer;
import dev.userservice.call.PathTemplate;
import dev.userservice.call.Proxies;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Reads settings one by one from an environment and collects what is wrong with them, so that all problems can be
 * reported at once. A value is never part of a problem: it may be a secret in the wrong place.
 */
final class SettingsReader {

    private final Map<String, String> environment;
    private final List<String> problems = new ArrayList<>();
    private final Set<Setting> unexpanded = EnumSet.noneOf(Setting.class);

    SettingsReader(Map<String, String> environment) {
        this.environment = environment;
        for (Setting setting : Setting.values()) {
            if (given(setting).filter(value -> value.contains("${")).isPresent()) {
                problem(setting, "holds an unexpanded ${...}: the client passed the placeholder instead of its value");
                unexpanded.add(setting);
            }
        }
        environment.keySet().stream()
                .filter(name -> name.startsWith(Setting.SERVICE_PREFIX)
                        && Setting.named(name).isEmpty())
                .sorted()
                .forEach(name ->
                        problems.add(printable(name) + " is not a setting of this program; check its spelling"));
    }

    List<String> problems() {
        return List.copyOf(problems);
    }

    /** Returns a sentence for each variable that is named like a setting of the API and is none. */
    List<String> warnings() {
        return environment.keySet().stream()
                .filter(name -> name.startsWith(Setting.API_PREFIX)
                        && Setting.named(name).isEmpty())
                .sorted()
                .map(name -> printable(name) + " is not a setting of this program and is ignored; check its spelling")
                .toList();
    }

    private static String printable(String name) {
        String safe = name.replaceAll("[^A-Za-z0-9_]", "?");
        return safe.length() <= 100 ? safe : safe.substring(0, 100) + "...";
    }

    /** Adds a problem; of a value with an unexpanded placeholder nothing else is reported. */
    void problem(Setting setting, String sentence) {
        if (!unexpanded.contains(setting)) {
            problems.add(setting.name() + " " + sentence);
        }
    }

    boolean isSet(Setting setting) {
        return given(setting).isPresent();
    }

    /** Returns the value given, if there is one; an empty one counts only where it has a meaning. */
    Optional<String> given(Setting setting) {
        return Optional.ofNullable(environment.get(setting.name()))
                .filter(value -> !value.isEmpty() || setting.emptyHasMeaning());
    }

    String text(Setting setting) {
        return given(setting).orElse(setting.defaultValue());
    }

    int number(Setting setting, int min, int max) {
        String text = text(setting);
        if (text.matches("[0-9]{1,10}") && Long.parseLong(text) >= min && Long.parseLong(text) <= max) {
            return Integer.parseInt(text);
        }
        problem(setting, "must be a whole number from " + min + " to " + max);
        return Integer.parseInt(setting.defaultValue());
    }

    boolean flag(Setting setting) {
        return choice(setting, List.of("true", "false")).equals("true");
    }

    String choice(Setting setting, List<String> choices) {
        String text = text(setting);
        if (choices.contains(text)) {
            return text;
        }
        problem(setting, "must be one of: " + String.join(", ", choices));
        return setting.defaultValue();
    }

    Optional<Path> file(Setting setting) {
        return given(setting).flatMap(name -> toPath(setting, name));
    }

    /** Reads a file. */
    @FunctionalInterface
    interface FileReader<T> {
        T read(Path file) throws IOException;
    }

    /** Returns what {@code reader} reads from the file that a setting names, if it names one. */
    <T> Optional<T> contents(Setting setting, FileReader<T> reader, String sentence) {
        return file(setting).flatMap(file -> {
            try {
                return Optional.of(reader.read(file));
            } catch (IOException | IllegalArgumentException e) {
                problem(setting, sentence);
                return Optional.empty();
            }
        });
    }

    private Optional<Path> toPath(Setting setting, String name) {
        try {
            return Optional.of(Path.of(name));
        } catch (InvalidPathException e) {
            problem(setting, "must be the name of a file");
            return Optional.empty();
        }
    }

    String matching(Setting setting, Pattern pattern, String sentence) {
        String text = text(setting);
        if (pattern.matcher(text).matches()) {
            return text;
        }
        problem(setting, sentence);
        return setting.defaultValue();
    }

    /**
     * Returns a comma separated list without repetitions, each part one of {@code choices}; all where none is given.
     */
    List<String> selection(Setting setting, List<String> choices) {
        List<String> parts = isSet(setting) ? list(setting) : choices;
        if (choices.containsAll(parts) && isOnceEach(parts)) {
            return parts;
        }
        problem(setting, "must be a comma separated list, each once, of: " + String.join(", ", choices));
        return choices;
    }

    List<String> names(Setting setting, Pattern pattern, int maxCount, String sentence) {
        List<String> parts = list(setting);
        if (parts.size() <= maxCount && isOnceEach(parts) && parts.stream().allMatch(pattern.asMatchPredicate())) {
            return parts;
        }
        problem(setting, sentence);
        return List.of(setting.defaultValue().split(","));
    }

    private List<String> list(Setting setting) {
        return Arrays.stream(text(setting).split(",", -1)).map(String::strip).toList();
    }

    private static boolean isOnceEach(List<String> parts) {
        return Set.copyOf(parts).size() == parts.size();
    }

    PathTemplate path(Setting setting, String placeholder) {
        return tryOr(setting, text(setting), text -> PathTemplate.parse(text, placeholder));
    }

    JsonPointer pointer(Setting setting) {
        return tryOr(setting, text(setting), SettingsReader::parsePointer);
    }

    private static JsonPointer parsePointer(String text) {
        if (!text.isEmpty() && !text.startsWith("/") || text.matches(".*~(?![01]).*")) {
            throw new IllegalArgumentException("must be a JSON Pointer: empty, or parts that each begin with a slash");
        }
        return JsonPointer.compile(text);
    }

    /** Returns {@code name=/pointer,...}; each name one of {@code names}, each once. */
    Map<String, JsonPointer> pointers(Setting setting, List<String> names) {
        Map<String, JsonPointer> pointers = new LinkedHashMap<>();
        if (!isSet(setting)) {
            return pointers;
        }
        for (String part : list(setting)) {
            int equals = part.indexOf('=');
            String name = equals < 0 ? "" : part.substring(0, equals).strip();
            String pointer = part.substring(equals + 1).strip();
            boolean valid = names.contains(name) && pointer.startsWith("/") && !pointer.matches(".*~(?![01]).*");
            if (!valid || pointers.put(name, JsonPointer.compile(pointer)) != null) {
                problem(
                        setting,
                        "must be a comma separated list of FIELD=/JSON/POINTER, each field once, of: "
                                + String.join(", ", names));
                return Map.of();
            }
        }
        return pointers;
    }

    private <T> T tryOr(Setting setting, String text, Function<String, T> parse) {
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException e) {
            problem(setting, e.getMessage());
            return parse.apply(setting.defaultValue());
        }
    }

    /** Returns a base address without its final slash. */
    URI url(Setting setting, boolean allowHttp) {
        Optional<String> text = given(setting);
        if (text.isEmpty()) {
            problem(
                    setting,
                    "is required: the address of the internal user API, for example https://users.corp.example/v1");
            return URI.create("https://unset.invalid");
        }
        Optional<String> wrong = wrongWith(text.get(), allowHttp);
        if (wrong.isPresent()) {
            problem(setting, wrong.get());
            return URI.create("https://unset.invalid");
        }
        return URI.create(text.get().replaceFirst("/+$", ""));
    }

    private static Optional<String> wrongWith(String text, boolean allowHttp) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            return Optional.of("must be an address like https://users.corp.example/v1");
        }
        String scheme = Optional.ofNullable(uri.getScheme()).orElse("").toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http") || uri.getHost() == null || uri.getPort() > 65535) {
            return Optional.of("must be an https address with a host, like https://users.corp.example/v1");
        }
        if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            return Optional.of("must hold no user info, query or fragment");
        }
        if (scheme.equals("http") && !allowHttp && !Proxies.isLoopback(uri.getHost())) {
            return Optional.of("must begin with https: plain http sends the token readable over the network"
                    + " (INTERNAL_API_ALLOW_HTTP=true permits it)");
        }
        return Optional.empty();
    }
}
