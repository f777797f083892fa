package dev.userservice.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The code, the README's table and {@code .env.example} name the same variables with the same defaults. */
final class DocumentedSettingsTest {

    private static final Pattern TABLE_ROW = Pattern.compile("(?m)^\\| `([A-Z_]+)`(?: \\*)? \\|(.*?)\\|");
    private static final Pattern EXAMPLE = Pattern.compile("(?m)^(?:# )?([A-Z_]+)=(.*)$");

    @Test
    void readmeNamesEveryVariableWithItsDefault() throws IOException {
        Map<String, String> expected = defaults();
        expected.put("INTERNAL_API_URL", "required");
        expected.put("INTERNAL_API_TOKEN", "one of three");
        expected.put("USER_SERVICE_TOOLS", "all");
        assertEquals(expected, found(TABLE_ROW, "README.md"));
    }

    @Test
    void envExampleNamesEveryVariableWithItsDefault() throws IOException {
        Map<String, String> expected = defaults();
        expected.put("INTERNAL_API_URL", "https://users.corp.example/v1");
        expected.put("INTERNAL_API_TOKEN_FILE", "/run/secrets/user-api-token");
        assertEquals(expected, found(EXAMPLE, ".env.example"));
    }

    @Test
    void envExampleNeedsATokenAndNothingElse() throws Exception {
        Map<String, String> merged =
                EnvFile.overlay(Path.of(".env.example"), Map.of("INTERNAL_API_TOKEN", "token-0123456789abcdef"));
        assertEquals(
                "https://users.corp.example/v1",
                Settings.read(new Places(merged, Map.of()), Optional.empty(), "1")
                        .api()
                        .base()
                        .toString());
    }

    private static Map<String, String> defaults() {
        return Arrays.stream(Setting.values())
                .collect(Collectors.toMap(Enum::name, Setting::defaultValue, (a, b) -> a, LinkedHashMap::new));
    }

    private static Map<String, String> found(Pattern pattern, String file) throws IOException {
        Map<String, String> found = new LinkedHashMap<>();
        Matcher matcher = pattern.matcher(Files.readString(Path.of(file)));
        while (matcher.find()) {
            found.put(matcher.group(1), matcher.group(2).replace("`", "").strip());
        }
        return found;
    }
}
