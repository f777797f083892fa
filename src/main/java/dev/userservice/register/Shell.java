package dev.userservice.register;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The shells a line can be written for; each hands every word on to a program exactly as it was given. */
enum Shell {
    /** POSIX.1-2024, 2.2.2: within single quotes every character stands for itself; a single quote cannot be there. */
    POSIX("a shell", "[A-Za-z0-9@%+=:,./_-]+", word -> "'" + word.replace("'", "'\\''") + "'"),

    /**
     * about_Quoting_Rules: within single quotes every character stands for itself but a single quote, straight or
     * typographic, which is doubled. about_Parsing: a bare double dash is PowerShell's own. Double quotes within a word
     * reach a program from PowerShell 7.3 on (about_Preference_Variables, PSNativeCommandArgumentPassing).
     */
    POWERSHELL(
            "PowerShell",
            "-{0,2}[A-Za-z0-9]+",
            word -> "'" + word.replaceAll("['\u2018\u2019\u201A\u201B]", "$0$0") + "'"),

    /**
     * "Everyone quotes command line arguments the wrong way" (Microsoft, 2011): quotes and the backslashes before them
     * get a backslash (CommandLineToArgvW), and what cmd itself would obey a caret. No line break can be written.
     */
    CMD("cmd", "[A-Za-z0-9@+:./\\\\_-]+", word -> {
        String argument = '"' + word.replaceAll("(\\\\*)\"", "$1$1\\\\\"").replaceAll("(\\\\+)$", "$1$1") + '"';
        String obeyed = "[()%!^\"<>&|]";
        return word.matches("(?s).*" + obeyed + ".*") ? argument.replaceAll(obeyed, "^$0") : argument;
    });

    private final String title;
    private final String bare;
    private final UnaryOperator<String> quoted;

    /** @param bare the words that need no quotes, {@code quoted} the form of the others */
    Shell(String title, String bare, UnaryOperator<String> quoted) {
        this.title = title;
        this.bare = bare;
        this.quoted = quoted;
    }

    /**
     * Returns the shell that people use here. On Windows the two hand on their variables; {@code PROMPT} is set by cmd.
     */
    static Shell of(Map<String, String> environment, boolean windows) {
        return !windows ? POSIX : environment.containsKey("PROMPT") ? CMD : POWERSHELL;
    }

    /** Returns what people call it. */
    String title() {
        return title;
    }

    /** Returns the words as one command of this shell; it spans lines only where a word does. */
    String line(List<String> words) {
        return words.stream()
                .map(word -> word.matches(bare) ? word : quoted.apply(word))
                .collect(Collectors.joining(" "));
    }
}
