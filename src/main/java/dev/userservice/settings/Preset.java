package dev.userservice.settings;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Defaults for the directories that companies run: for each a file of settings beside this class, as one would write
 * it.
 */
final class Preset {

    /** The files there are. */
    static final List<String> NAMES = List.of("scim", "keycloak", "okta", "graph");

    private Preset() {}

    /** Returns the settings that fit a directory; none for a name that no preset has. */
    static Map<String, String> read(String name) {
        if (!NAMES.contains(name)) {
            return Map.of();
        }
        try (InputStream file = Preset.class.getResourceAsStream(name + ".env")) {
            return EnvFile.parse(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException | SettingsException e) {
            throw new IllegalStateException(e); // each is tested
        }
    }
}
