package dev.userservice.register;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The shells a line can be written for; each hands every word on to a program exactly as it was given. */
enum Shell {
    /** POSIX.1-2024, 2.2.2: within single quotes every character stands for itself; a single quote cannot be there. */
    POSIX("a shell", "[A-Za-z0-9@%+=:,./_-]+") {
        @Override
        String quoted(String word) {
            return "'" + word.replace("'", "'\\''") + "'";
        }
    },

    /**
     * about_Quoting_Rules: within single quotes every character stands for itself but a single quote, straight or
     * typographic, which is doubled. about_Parsing: a bare double dash is PowerShell's own. Double quotes within a word
     * reach a program from PowerShell 7.3 on (about_Preference_Variables, PSNativeCommandArgumentPassing).
     */
    POWERSHELL("PowerShell", "-{0,2}[A-Za-z0-9]+") {
        @Override
        String quoted(String word) {
            return "'" + word.replaceAll("['\u2018\u2019\u201A\u201B]", "$0$0") + "'";
        }
    },

    /**
     * "Everyone quotes command line arguments the wrong way" (Microsoft, 2011): quotes and the backslashes before them
     * get a backslash (CommandLineToArgvW), and what cmd itself would obey a caret. No line break can be written.
     */
    CMD("cmd", "[A-Za-z0-9@+:./\\\\_-]+") {
        @Override
        String quoted(String word) {
            String argument = '"' + word.replaceAll("(\\\\*)\"", "$1$1\\\\\"").replaceAll("(\\\\+)$", "$1$1") + '"';
            return OBEYED.matcher(word).find() ? OBEYED.matcher(argument).replaceAll("^$0") : argument;
        }
    };

    private static final Pattern OBEYED = Pattern.compile("[()%!^\"<>&|]");

    private final String title;
    private final Pattern bare;

    Shell(String title, String bare) {
        this.title = title;
        this.bare = Pattern.compile(bare);
    }

    /**
     * Returns the shell that people use here. On Windows the two hand on their variables; {@code PROMPT} is set by cmd.
     */
    static Shell of(Map<String, String> environment, boolean windows) {
        if (!windows) {
            return POSIX;
        }
        return environment.containsKey("PROMPT") ? CMD : POWERSHELL;
    }

    /** Returns what people call it. */
    String title() {
        return title;
    }

    /** Returns the words as one command of this shell; it spans lines only where a word does. */
    String line(List<String> words) {
        return words.stream().map(this::quote).collect(Collectors.joining(" "));
    }

    private String quote(String word) {
        return bare.matcher(word).matches() ? word : quoted(word);
    }

    abstract String quoted(String word);
}
