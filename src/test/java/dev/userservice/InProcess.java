package dev.userservice;

import dev.userservice.app.Host;
import dev.userservice.app.Program;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/** Runs the program to its end within the tests' own JVM, on streams in memory; the home folder is a test's. */
public final class InProcess {

    private final Map<String, String> environment = new HashMap<>();
    private final Path home;
    private InputStream in = InputStream.nullInputStream();
    private boolean terminal;

    public InProcess(Path home) {
        this.home = home;
    }

    public InProcess with(Map<String, String> variables) {
        environment.putAll(variables);
        return this;
    }

    public InProcess with(String name, String value) {
        environment.put(name, value);
        return this;
    }

    public InProcess input(String text) {
        return input(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    public InProcess input(InputStream stream) {
        in = stream;
        return this;
    }

    public InProcess onATerminal() {
        terminal = true;
        return this;
    }

    public Run run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream sentences = new PrintStream(err, true, StandardCharsets.UTF_8);
        Map<String, String> properties = Map.of("user.home", home.toString(), "user.name", "ada");
        Host host = new Host(
                in, out, sentences, err, terminal, environment, properties, System::nanoTime, Clock.systemUTC());
        int status = new Program(host).run(arguments).status();
        return new Run(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
