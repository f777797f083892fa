package dev.userservice.settings;

import java.util.List;

/**
 * Everything that is wrong with the settings, a sentence each: the variable's name and what is allowed, never a value.
 */
public final class SettingsException extends Exception {

    private final List<String> problems;

    public SettingsException(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
