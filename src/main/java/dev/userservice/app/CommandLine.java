package dev.userservice.app;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * What the program is asked to do.
 *
 * @param words the tool and its arguments for {@code call}
 * @param files the logs for {@code verify-audit}
 * @param user the ID of the user that {@code check} gets
 */
public record CommandLine(
        Command command,
        List<String> words,
        List<Path> files,
        boolean demo,
        boolean json,
        Optional<Path> envFile,
        Optional<Path> keyFile,
        Optional<String> user) {

    /** What can be asked for. */
    public enum Command {
        SERVE,
        CALL,
        CHECK,
        VERIFY_AUDIT,
        HELP,
        VERSION
    }

    /** The text of {@code --help}. */
    public static final String USAGE = """
      user-service: a guarded MCP server in front of an internal user API.

      Usage:
        java -jar user-service.jar [serve] [--demo] [--env-file FILE]
            Serve MCP on standard input and output; what an MCP client runs.
        java -jar user-service.jar call TOOL [NAME=VALUE ...] [--demo] [--env-file FILE]
            Make one tool call through the whole pipeline and print its result.
        java -jar user-service.jar check [--user ID] [--json] [--env-file FILE]
            Check settings, audit log, connection, credential and answers, stage by stage.
        java -jar user-service.jar verify-audit [--key-file FILE] FILE...
            Check the hash chain of audit logs.
        java -jar user-service.jar --help | --version

      Options:
        --demo           use a built-in sample API with made-up users
        --env-file FILE  read KEY=VALUE settings; the environment wins
        --user ID        the user that check gets
        --json           print the check as JSON
        --key-file FILE  the key of the audit chain

      Settings come from environment variables, see README.md. The token is never an argument.
      Exit status: 0 done, 1 failed, 2 wrong usage, 3 wrong settings.
      """;

    /** Characters shown of a word that is wrong. */
    private static final int MAX_SHOWN = 60;

    /** Wrong usage; the message names the word that is wrong. */
    public static final class UsageException extends Exception {
        UsageException(String message) {
            super(message);
        }
    }

    public CommandLine {
        words = List.copyOf(words);
        files = List.copyOf(files);
    }

    /**
     * Reads the program's arguments.
     *
     * @throws UsageException naming the first word that has no place
     */
    public static CommandLine parse(String... arguments) throws UsageException {
        return new Parser(new ArrayDeque<>(Arrays.asList(arguments))).parse();
    }

    /** Returns the refusal of a word that has no place, and names it as far as it is safe to print. */
    static UsageException unknown(String kind, String word) {
        return new UsageException("unknown " + kind + ": " + printable(word));
    }

    /** Cuts a word at its equals sign, since a secret may follow, and makes the rest short and printable. */
    private static String printable(String word) {
        String printable = word.replaceFirst("(?s)=.*", "").replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
        return printable.length() <= MAX_SHOWN ? printable : printable.substring(0, MAX_SHOWN) + "...";
    }

    private static final class Parser {

        private final Deque<String> rest;
        private final List<String> words = new ArrayList<>();
        private final List<Path> files = new ArrayList<>();
        private boolean demo;
        private boolean json;
        private Optional<Path> envFile = Optional.empty();
        private Optional<Path> keyFile = Optional.empty();
        private Optional<String> user = Optional.empty();

        Parser(Deque<String> rest) {
            this.rest = rest;
        }

        CommandLine parse() throws UsageException {
            if (rest.contains("--help") || rest.contains("-h")) {
                return new CommandLine(Command.HELP, words, files, demo, json, envFile, keyFile, user);
            }
            Command command = command();
            while (!rest.isEmpty()) {
                String word = rest.pop();
                if (word.startsWith("-")) {
                    option(command, word);
                } else if (command == Command.VERIFY_AUDIT) {
                    files.add(file(word));
                } else {
                    words.add(word);
                }
            }
            checkWords(command);
            return new CommandLine(command, words, files, demo, json, envFile, keyFile, user);
        }

        private Command command() throws UsageException {
            String first = rest.isEmpty() ? "" : rest.peek();
            Command command = switch (first) {
                case "serve" -> Command.SERVE;
                case "call" -> Command.CALL;
                case "check" -> Command.CHECK;
                case "verify-audit" -> Command.VERIFY_AUDIT;
                case "--version" -> Command.VERSION;
                default -> {
                    if (!first.isEmpty() && !first.startsWith("-")) {
                        throw unknown("command", first);
                    }
                    rest.addFirst(""); // no word at all means serve
                    yield Command.SERVE;
                }
            };
            rest.pop();
            return command;
        }

        private void option(Command command, String option) throws UsageException {
            boolean running = command == Command.SERVE || command == Command.CALL || command == Command.CHECK;
            if (option.equals("--env-file") && running) {
                envFile = Optional.of(path(option));
            } else if (option.equals("--demo") && (command == Command.SERVE || command == Command.CALL)) {
                demo = true;
            } else if (option.equals("--json") && command == Command.CHECK) {
                json = true;
            } else if (option.equals("--user") && command == Command.CHECK) {
                user = Optional.of(value(option));
            } else if (option.equals("--key-file") && command == Command.VERIFY_AUDIT) {
                keyFile = Optional.of(path(option));
            } else {
                throw unknown("option", option);
            }
        }

        private void checkWords(Command command) throws UsageException {
            switch (command) {
                case CALL -> require(!words.isEmpty(), "call needs the name of a tool");
                case VERIFY_AUDIT -> require(!files.isEmpty(), "verify-audit needs a file");
                case SERVE, CHECK, HELP, VERSION -> {
                    if (!words.isEmpty()) {
                        throw unknown("word", words.get(0));
                    }
                }
            }
        }

        private static Path file(String word) throws UsageException {
            try {
                return Path.of(word);
            } catch (InvalidPathException e) {
                throw new UsageException("not the name of a file: " + printable(word));
            }
        }

        private Path path(String option) throws UsageException {
            try {
                return Path.of(value(option));
            } catch (InvalidPathException e) {
                throw new UsageException(option + " needs the name of a file");
            }
        }

        private String value(String option) throws UsageException {
            require(!rest.isEmpty() && !rest.peek().isEmpty(), option + " needs a value");
            return rest.pop();
        }

        private static void require(boolean holds, String sentence) throws UsageException {
            if (!holds) {
                throw new UsageException(sentence);
            }
        }
    }
}
