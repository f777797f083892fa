package dev.userservice.register;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The clients whose form of registration is known, as their documentation has it in November 2026. */
public enum Client {
    /** code.claude.com/docs/en/mcp: the name stands before {@code --env}, which would take it for a variable. */
    CLAUDE_CODE("claude-code", """
      Paste this into %2$s; "claude mcp list" then shows it as connected. It is for all your projects (for the one you
      are in: --scope local). Where the name is taken: claude mcp remove --scope user %1$s"""),
    /** modelcontextprotocol.io/docs/develop/connect-local-servers. */
    CLAUDE_DESKTOP("claude-desktop", """
      Add this to claude_desktop_config.json, beside the servers that are there, and restart Claude Desktop. Its settings,
      Developer, Edit Config open the file."""),
    /** cursor.com/docs/mcp: {@code type} is required. */
    CURSOR("cursor", """
      Add this to ~/.cursor/mcp.json, or to .cursor/mcp.json in a project, beside the servers that are there."""),
    /** code.visualstudio.com/docs/agents/reference/mcp-configuration. Its envFile is another format than ours. */
    VS_CODE("vscode", """
      Add this to your own mcp.json, which the command "MCP: Open User Configuration" opens (in a window on WSL, SSH or a
      container: "MCP: Open Remote User Configuration"), or to .vscode/mcp.json in a folder, but not to both: one would
      hide the other. Then choose Start above the entry; what goes wrong stands in its output ("MCP: List Servers")."""),
    /**
     * github.com/modelcontextprotocol/inspector, docs/mcp-server-configuration.md: the server stands behind two dashes.
     */
    INSPECTOR("inspector", """
      Paste this into %2$s; it opens a page (Node 22.19 or newer).""");

    private final String word;
    private final String advice;

    /**
     * A server as clients know one.
     *
     * @param name what the client calls it
     * @param command the program, by its absolute path, and its arguments
     * @param environment variables to set for it, in the order to print them in
     */
    record Server(String name, List<String> command, Map<String, String> environment) {}

    Client(String word, String advice) {
        this.word = word;
        this.advice = advice;
    }

    /** Returns the client that a word on the command line means. */
    public static Optional<Client> of(String word) {
        return Arrays.stream(values())
                .filter(client -> client.word.equals(word))
                .findFirst();
    }

    /** Returns the words there are, the default first. */
    public static List<String> words() {
        return Arrays.stream(values()).map(client -> client.word).toList();
    }

    /** Returns what to do with the registration. */
    String advice(Server server, Shell shell) {
        return advice.formatted(server.name(), shell.title());
    }

    /** Returns whether a variable can be set to nothing; the Inspector refuses {@code -e NAME=}. */
    boolean takesEmptyValues() {
        return this != INSPECTOR;
    }

    /** Returns the registration of a server: a line for a shell, or JSON for the client's file. */
    String registration(Server server, Shell shell) {
        return switch (this) {
            case CLAUDE_CODE ->
                shell.line(words("claude mcp add --transport stdio --scope user " + server.name(), "--env", server));
            case CLAUDE_DESKTOP -> file("mcpServers", Json.object(), server);
            case CURSOR -> file("mcpServers", stdio(), server);
            case VS_CODE -> file("servers", stdio(), server);
            case INSPECTOR -> shell.line(words("npx @modelcontextprotocol/inspector", "-e", server));
        };
    }

    private static List<String> words(String program, String option, Server server) {
        List<String> words = new ArrayList<>(List.of(program.split(" ")));
        server.environment().forEach((name, value) -> words.addAll(List.of(option, name + "=" + value)));
        words.add("--");
        words.addAll(server.command());
        return words;
    }

    private static ObjectNode stdio() {
        return Json.object().put("type", "stdio");
    }

    private static String file(String servers, ObjectNode entry, Server server) {
        entry.put("command", server.command().get(0));
        ArrayNode arguments = entry.putArray("args");
        server.command().stream().skip(1).forEach(arguments::add);
        ObjectNode environment = entry.putObject("env");
        server.environment().forEach(environment::put);
        ObjectNode file = Json.object();
        file.putObject(servers).set(server.name(), entry);
        return Json.pretty(file);
    }
}
