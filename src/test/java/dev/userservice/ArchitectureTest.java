package dev.userservice;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Reads the sources and holds the direction of their imports: Main, app, check, demo and register, settings, mcp,
 * tools, the stages, model.
 */
final class ArchitectureTest {

    private static final Path SOURCES = Path.of("src", "main", "java");

    /** What a package may import of this program; {@code Main} is the package without a name of its own. */
    private static final Map<String, Set<String>> MAY_IMPORT = Map.ofEntries(
            Map.entry("", Set.of("app", "register")),
            Map.entry("app", right("check", "demo", "register", "settings", "mcp", "tools")),
            Map.entry("check", right("settings", "mcp", "tools")),
            Map.entry("demo", right("settings", "mcp", "tools")),
            Map.entry("register", right("settings", "mcp", "tools")),
            Map.entry("settings", right("mcp", "tools")),
            Map.entry("mcp", right("tools")),
            Map.entry("tools", right()),
            Map.entry("validate", Set.of("model")),
            Map.entry("limit", Set.of("model")),
            Map.entry("call", Set.of("model")),
            Map.entry("sanitize", Set.of("model")),
            Map.entry("audit", Set.of("model")),
            Map.entry("model", Set.of()));

    private static final Pattern OWN = Pattern.compile("dev\\.userservice\\.(?:([a-z]+)\\.|[A-Z])");
    private static final Pattern COMMENT_OR_LITERAL = Pattern.compile(
            "(?s)\"\"\".*?\"\"\"|\"(?:[^\"\\\\\\n]|\\\\.)*+\"|'(?:[^'\\\\\\n]|\\\\.)*+'|//[^\\n]*|/\\*.*?\\*/");

    /** One source file: its package without the root, its simple name, its text, and its code alone. */
    private record Source(String folder, String name, String text, String code) {

        static Source of(Path file) {
            try {
                Path within = SOURCES.resolve(Path.of("dev", "userservice")).relativize(file);
                String folder = Optional.ofNullable(within.getParent())
                        .map(Path::toString)
                        .orElse("");
                String text = Files.readString(file);
                String code = COMMENT_OR_LITERAL.matcher(text).replaceAll("\"\"");
                return new Source(folder, within.getFileName().toString().replace(".java", ""), text, code);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Every package of this program that is imported, or named in full without an import. */
        Stream<String> own() {
            return OWN.matcher(code)
                    .results()
                    .map(found -> Optional.ofNullable(found.group(1)).orElse(""))
                    .distinct();
        }

        boolean mentions(String text) {
            return code.contains(text);
        }

        @Override
        public String toString() {
            return folder.isEmpty() ? name : folder + "/" + name;
        }
    }

    @Test
    void readsTheSources() {
        assertEquals(
                new TreeSet<>(MAY_IMPORT.keySet()),
                new TreeSet<>(sources().stream().map(Source::folder).distinct().toList()));
    }

    @Test
    void importsOnlyWhatStandsToTheRight() {
        List<String> wrong = sources().stream()
                .flatMap(source -> source.own()
                        .filter(other -> !other.equals(source.folder()))
                        .filter(other -> !MAY_IMPORT.get(source.folder()).contains(other))
                        .map(other -> source + " imports " + other))
                .toList();
        assertEquals(List.of(), wrong);
    }

    @ParameterizedTest
    @CsvSource({
        "io.modelcontextprotocol, mcp,     'the protocol edge is the only importer of the SDK'",
        "reactor,                 mcp,     'and of what the SDK is built on'",
        "java.net.http,           call,    'requests are sent by one stage only'",
        "com.sun.net.httpserver,  demo,    'the sample API is the only server'",
        "sun.misc,                nowhere, 'no door behind the language'",
        "java.lang.reflect,       nowhere, 'no door behind the language'",
    })
    void usesALibraryOnlyAtItsPlace(String library, String place, String reason) {
        assertEquals(
                List.of(),
                sources().stream()
                        .filter(source -> !source.folder().equals(place))
                        .filter(source -> source.mentions(library + "."))
                        .map(Source::toString)
                        .toList(),
                reason);
    }

    /** So that a further tool is one file, and nothing that offers or tries it has to be told. */
    @ParameterizedTest
    @CsvSource({
        "get_user,                 tools/GetUser",
        "list_users_by_department, tools/ListUsersByDepartment",
    })
    void namesAToolOnlyWhereItIsDeclared(String tool, String place) {
        Predicate<String> name = Pattern.compile("\\b" + tool + "\\b").asPredicate();
        assertEquals(
                List.of(place),
                sources().stream()
                        .filter(source -> name.test(source.text()))
                        .map(Source::toString)
                        .toList());
    }

    @Test
    void touchesTheProcessOnlyInMain() {
        Predicate<String> system = Pattern.compile("\\bSystem\\s*(?:\\.|::)").asPredicate();
        assertEquals(
                List.of("Main"),
                sources().stream()
                        .filter(source -> system.test(source.code()))
                        .map(Source::toString)
                        .toList());
    }

    /** The stages and the model, which everything above them may import, and {@code further} packages. */
    private static Set<String> right(String... further) {
        Set<String> packages = new TreeSet<>(List.of("validate", "limit", "call", "sanitize", "audit", "model"));
        packages.addAll(List.of(further));
        return packages;
    }

    private static List<Source> sources() {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .map(Source::of)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
