package dev.userservice.settings;

import dev.userservice.model.FileFault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code KEY=VALUE} lines: comments, blank lines, single and double quotes, a leading {@code export}. Nothing is
 * expanded. Of files, only one named on the command line is ever read.
 */
public final class EnvFile {

    private static final Pattern LINE = Pattern.compile("\\s*(?:export\\s+)?(?<name>[A-Za-z_][A-Za-z0-9_]*)\\s*="
            + "\\s*(?:'(?<single>[^']*)'|\"(?<double>(?:[^\"\\\\]|\\\\.)*+)\"|(?<bare>[^'\"\\s#](?:.*?\\S)??|))"
            + "(?:\\s+#.*|\\s*)");
    private static final Pattern BLANK_OR_COMMENT = Pattern.compile("\\s*(?:#.*)?");

    private EnvFile() {}

    /**
     * Returns {@code environment} with the file's variables added. One that is in the environment wins, an empty one
     * only where empty has a meaning: an empty variable lifts no restriction that the file sets.
     *
     * @throws SettingsException where the file cannot be read, or naming each line that is malformed or repeats a name
     */
    public static Map<String, String> overlay(Path file, Map<String, String> environment) throws SettingsException {
        Map<String, String> variables = parse(read(file));
        environment.forEach((name, value) -> variables.merge(
                name, value, (ofFile, given) -> given.isEmpty() && !Setting.emptyHasMeaning(name) ? ofFile : given));
        return variables;
    }

    /** Returns the variables of a file's text. */
    static Map<String, String> parse(String text) throws SettingsException {
        Map<String, String> variables = new HashMap<>();
        List<String> problems = new ArrayList<>();
        List<String> lines = text.replaceFirst("^\uFEFF", "").lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            Matcher matcher = LINE.matcher(lines.get(i));
            if (matcher.matches()) {
                if (variables.put(matcher.group("name"), value(matcher)) != null) {
                    problems.add("--env-file: line " + (i + 1) + " sets a name that an earlier line has set");
                }
            } else if (!BLANK_OR_COMMENT.matcher(lines.get(i)).matches()) {
                problems.add("--env-file: line " + (i + 1) + " is not KEY=VALUE");
            }
        }
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        return variables;
    }

    private static String value(Matcher matcher) {
        String quoted = matcher.group("double");
        return quoted != null
                ? quoted.replaceAll("\\\\([\"\\\\$`])", "$1")
                : Objects.requireNonNullElse(matcher.group("single"), matcher.group("bare"));
    }

    private static String read(Path file) throws SettingsException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(FileFault.read(file, 1024 * 1024)))
                    .toString();
        } catch (IOException e) {
            String reason = e instanceof CharacterCodingException ? "not UTF-8" : FileFault.reason(e);
            throw new SettingsException(List.of("--env-file " + file + " cannot be used: " + reason));
        }
    }
}
