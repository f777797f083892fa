package dev.userservice.register;

import dev.userservice.model.Printable;
import dev.userservice.settings.Places;
import dev.userservice.settings.SettingsException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How to register this JAR with a client.
 *
 * @param client the client to register with
 * @param name what the client will call the server: letters, digits, {@code -} and {@code _}
 * @param demo whether the server will run on the sample API
 * @param envFile the file that settings are in
 */
public record Registration(Client client, String name, boolean demo, Optional<Path> envFile) {

    private static final String NOT_FOR_A_CHILD =
            "INTERNAL_API_.*|USER_SERVICE_.*|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|_JAVA_OPTIONS";

    /** Returns whether every client takes a name for a server. */
    public static boolean isName(String name) {
        return name.matches("[A-Za-z0-9_][A-Za-z0-9_-]{0,63}");
    }

    /**
     * Prints the registration, and beside it what to do with it; on the way makes the archive for the fast start.
     *
     * @param places hold the settings to hand on
     * @param out where the registration goes, and nothing else
     * @return whether there is a JAR to register
     * @throws SettingsException with everything that is wrong with the settings
     */
    public boolean print(Places places, String version, PrintStream out, PrintStream err) throws SettingsException {
        Handover handover = Handover.of(envFile, demo, places, version);
        handover.warnings().forEach(err::println);
        Optional<Path> jar = jar(places);
        if (jar.isEmpty()) {
            err.println("user-service: there is no JAR to register; run java -jar /path/to/user-service.jar register");
            return false;
        }
        List<String> command = command(jar.get(), places, err);
        command.addAll(handover.arguments());
        addLocale(handover.environment(), command, places);
        Client.Server server = new Client.Server(name, command, handover.environment());
        requireFit(server);
        Shell shell = Shell.of(places.environment(), places.windows());
        err.println(client.advice(server, shell));
        out.println(client.registration(server, shell));
        return true;
    }

    /** Returns the JAR that this program was started from, if it was. */
    private static Optional<Path> jar(Places places) {
        try {
            Path jar = places.of(places.properties().getOrDefault("java.class.path", ""));
            return Optional.of(Path.of(Handover.absolute(jar))).filter(Files::isRegularFile);
        } catch (InvalidPathException e) {
            return Optional.empty(); // several files in a row, or none that this locale can express
        }
    }

    /** Returns how this Java starts the JAR, fast where it can. */
    private List<String> command(Path jar, Places places, PrintStream err) {
        String program = places.windows() ? "java.exe" : "java";
        Path java = Path.of(places.properties().getOrDefault("java.home", ""), "bin", program);
        Map<String, String> forChild = new HashMap<>(places.environment());
        forChild.keySet().removeIf(name -> name.matches(NOT_FOR_A_CHILD));
        Child.Runner runner = Child.within(Duration.ofSeconds(60), forChild);
        List<String> command = new ArrayList<>(List.of(java.toString()));
        command.addAll(new FastStart(java, Runtime.version(), jar, places, runner, err).flags());
        command.addAll(demo ? List.of() : proxies(places.properties()));
        command.addAll(List.of("-jar", jar.toString()));
        return command;
    }

    /** Returns the flags that give a JVM this one's own proxies, which count before those of the environment. */
    private static List<String> proxies(Map<String, String> properties) {
        boolean proxied = properties.containsKey("https.proxyHost") || properties.containsKey("http.proxyHost");
        return Stream.of("https.proxyHost", "https.proxyPort", "http.proxyHost", "http.proxyPort", "http.nonProxyHosts")
                .filter(name -> proxied && properties.containsKey(name))
                .map(name -> "-D" + name + "=" + properties.get(name))
                .toList();
    }

    /** A client that starts servers without its own locale would leave Java unable to express a path beyond ASCII. */
    private static void addLocale(Map<String, String> variables, List<String> command, Places places) {
        if (!StandardCharsets.US_ASCII.newEncoder().canEncode(command.toString() + variables.values())) {
            Stream.of("LC_ALL", "LC_CTYPE", "LANG") // POSIX.1-2024, XBD 8.2: the first that is set and not empty
                    .map(variable -> places.environment().getOrDefault(variable, ""))
                    .filter(locale -> !locale.isEmpty())
                    .findFirst()
                    .ifPresent(locale -> variables.put("LC_ALL", locale));
        }
    }

    private void requireFit(Client.Server server) throws SettingsException {
        List<String> problems = new ArrayList<>();
        Stream.concat(server.command().stream(), server.environment().values().stream())
                .filter(word -> word.contains("${"))
                .map(word ->
                        Printable.of(word) + " holds ${, which clients take for a placeholder; rename what it names")
                .forEach(problems::add);
        server.environment().forEach((variable, value) -> {
            if (value.isEmpty() && !client.takesEmptyValues()) {
                problems.add(variable + " is empty, which this client cannot hand on; write it into an --env-file");
            }
        });
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
    }
}
