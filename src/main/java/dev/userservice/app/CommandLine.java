package dev.userservice.app;

import dev.userservice.model.Printable;
import dev.userservice.settings.Places;
import dev.userservice.settings.SettingsException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the program is asked to do: a command, the words that it needs and options that it takes.
 *
 * @param words the tool and its arguments for {@code call}, the logs for {@code verify-audit}
 * @param options the options given, each with its value; empty where it takes none
 */
record CommandLine(Command command, List<String> words, Map<Option, String> options) {

    /** The commands, each with its word, what else it needs and the options that it takes. */
    enum Command {
        SERVE("serve", "", Option.DEMO, Option.ENV_FILE),
        CALL("call", "the name of a tool", Option.DEMO, Option.ENV_FILE),
        CHECK("check", "", Option.USER, Option.JSON, Option.DEMO, Option.ENV_FILE),
        REGISTER("register", "", Option.CLIENT, Option.NAME, Option.DEMO, Option.ENV_FILE),
        VERIFY_AUDIT("verify-audit", "a file", Option.KEY_FILE),
        HELP("--help", ""),
        VERSION("--version", "");

        private final String word;
        private final String needs;
        private final List<Option> options;

        Command(String word, String needs, Option... options) {
            this.word = word;
            this.needs = needs;
            this.options = List.of(options);
        }
    }

    /** The options, each with its name as its word. */
    enum Option {
        DEMO(false),
        JSON(false),
        CLIENT(true),
        NAME(true),
        USER(true),
        ENV_FILE(true),
        KEY_FILE(true);

        private final String word = "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
        private final boolean takesValue;

        Option(boolean takesValue) {
            this.takesValue = takesValue;
        }
    }

    /** Wrong usage; the message names the word that is wrong. */
    static final class UsageException extends Exception {
        UsageException(String message) {
            super(message);
        }
    }

    CommandLine {
        words = List.copyOf(words);
        options = Map.copyOf(options);
    }

    /**
     * Reads the program's arguments.
     *
     * @throws UsageException naming the first word that has no place
     */
    static CommandLine parse(String... arguments) throws UsageException {
        Deque<String> rest = new ArrayDeque<>(Arrays.asList(arguments));
        if (rest.contains("--help") || rest.contains("-h")) {
            return new CommandLine(Command.HELP, List.of(), Map.of());
        }
        Command command = command(rest);
        List<String> words = new ArrayList<>();
        Map<Option, String> options = new EnumMap<>(Option.class);
        while (!rest.isEmpty()) {
            String word = rest.pop();
            if (word.startsWith("-")) {
                Option option = option(command, word);
                require(options.put(option, value(option, rest)) == null, option.word + " is given twice");
            } else {
                words.add(word);
            }
        }
        require(command.needs.isEmpty() || !words.isEmpty(), command.word + " needs " + command.needs);
        if (command.needs.isEmpty() && !words.isEmpty()) {
            throw unknown("word", words.get(0));
        }
        return new CommandLine(command, words, options);
    }

    boolean has(Option option) {
        return options.containsKey(option);
    }

    Optional<String> value(Option option) {
        return Optional.ofNullable(options.get(option));
    }

    /** Returns the file that an option names, if it is given. */
    Optional<Path> file(Option option, Places places) throws SettingsException {
        try {
            return value(option).map(places::of);
        } catch (InvalidPathException e) {
            String name = printable(options.get(option));
            throw new SettingsException(List.of(option.word + " " + name + " " + Places.NO_PATH));
        }
    }

    /** Returns the logs for {@code verify-audit}. */
    List<Path> files(Places places) throws UsageException {
        List<Path> files = new ArrayList<>();
        for (String word : words) {
            try {
                files.add(places.of(word));
            } catch (InvalidPathException e) {
                throw new UsageException(printable(word) + " " + Places.NO_PATH);
            }
        }
        return files;
    }

    /** Returns the refusal of a word that has no place, and names it as far as it is safe to print. */
    static UsageException unknown(String kind, String word) {
        return new UsageException("unknown " + kind + ": " + printable(word));
    }

    /** Returns the refusal of a word that is none of {@code known}. */
    static UsageException unknown(String kind, String word, List<String> known) {
        String sentence = unknown(kind, word).getMessage();
        return new UsageException(sentence + "; there are: " + String.join(", ", known));
    }

    /** Cuts a word at its equals sign, since a secret may follow, and makes the rest short and printable. */
    static String printable(String word) {
        String printable = Printable.of(word.replaceFirst("(?s)=.*", ""));
        return printable.length() <= 60 ? printable : printable.substring(0, 60) + "...";
    }

    /** Takes the command from the front; without one, {@code serve} is meant. */
    private static Command command(Deque<String> rest) throws UsageException {
        String first = rest.isEmpty() ? "" : rest.peek();
        for (Command command : Command.values()) {
            if (command.word.equals(first)) {
                rest.pop();
                return command;
            }
        }
        if (!first.isEmpty() && !first.startsWith("-")) {
            throw unknown("command", first);
        }
        return Command.SERVE;
    }

    private static Option option(Command command, String word) throws UsageException {
        Stream<Option> named = command.options.stream().filter(option -> option.word.equals(word));
        return named.findFirst().orElseThrow(() -> unknown("option", word));
    }

    private static String value(Option option, Deque<String> rest) throws UsageException {
        if (!option.takesValue) {
            return "";
        }
        require(!rest.isEmpty() && !rest.peek().isEmpty(), option.word + " needs a value");
        return rest.pop();
    }

    private static void require(boolean holds, String sentence) throws UsageException {
        if (!holds) {
            throw new UsageException(sentence);
        }
    }
}
