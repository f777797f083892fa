package dev.userservice.app;

import java.util.stream.Collectors;

/** What the program says of its own use. */
final class Usage {

    /** The text of {@code --help}. */
    static final String HELP = """
      user-service: a guarded MCP server in front of an internal user API.

      Usage:
        java -jar user-service.jar register [--client NAME] [--name NAME] [--demo] [--env-file FILE]
            Print how to register this JAR with an MCP client.
        java -jar user-service.jar [serve] [--demo] [--env-file FILE]
            Serve MCP on standard input and output. MCP clients start it so.
        java -jar user-service.jar call TOOL [NAME=VALUE ...] [--demo] [--env-file FILE]
            Make one tool call through the whole pipeline and print its result.
        java -jar user-service.jar check [--user ID] [--json] [--demo] [--env-file FILE]
            Check everything that a call depends on, and say what to do about the first failure.
        java -jar user-service.jar verify-audit [--key-file FILE] FILE...
            Check that nothing in audit logs was changed, removed or inserted.
        java -jar user-service.jar --help | --version
      Options:
        --client NAME    claude-code (default), claude-desktop, cursor, vscode or inspector
        --name NAME      what the client calls the server (default user-service)
        --demo           use the built-in sample API with made-up users
        --env-file FILE  read settings from KEY=VALUE lines; a variable of the environment wins
        --user ID        the user that check asks for; --json prints its findings as JSON
        --key-file FILE  the key of the audit logs' hash chain

      Settings are environment variables; README.md describes them. The token is never an argument.
      Exit status: 0 done, 1 failed, 2 wrong usage, 3 wrong settings.
      """;

    /** The commands alone, a line each. */
    static final String SYNOPSIS = HELP.lines()
            .map(String::strip)
            .filter(line -> line.startsWith("java -jar"))
            .collect(Collectors.joining("\n", "", "\n"));

    private Usage() {}
}
