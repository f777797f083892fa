package dev.userservice;

import dev.userservice.app.Host;
import dev.userservice.app.Program;
import dev.userservice.register.CachedJar;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** The program's entry: hands streams, environment and clock to {@link Program} and ends with the status it returns. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        String cached = System.clearProperty(CachedJar.PROPERTY);
        if (cached != null && !cached.equals(CachedJar.state(jar()))) {
            CachedJar.run(jar(), arguments);
        } else {
            run(arguments);
        }
    }

    private static Path jar() {
        return Path.of(System.getProperty("java.class.path"));
    }

    private static void run(String... arguments) {
        FileOutputStream err = new FileOutputStream(FileDescriptor.err);
        PrintStream messages = new PrintStream(err, true, StandardCharsets.UTF_8);
        System.setErr(messages);
        System.setOut(messages); // standard output is the protocol's; whatever else is printed lands beside it
        // The JDK's client would send a GET again when the server hangs up; retries are the pipeline's business.
        System.setProperty("jdk.httpclient.redirects.retrylimit", "1");
        // Longer than a burst of calls, and shorter than the five seconds after which common servers hang up:
        // a request that meets such an end half way counts as failed.
        System.setProperty("jdk.httpclient.keepalive.timeout", "4");
        // Else each answer of the sample API waits 40 ms for an acknowledgment (Nagle's algorithm).
        System.setProperty("sun.net.httpserver.nodelay", "true");
        Host host = new Host(
                // A channel's read can be interrupted; for a thread that cannot, the JVM waits 300 ms at its end.
                Channels.newInputStream(new FileInputStream(FileDescriptor.in).getChannel()),
                new FileOutputStream(FileDescriptor.out),
                messages,
                err,
                isTerminal(System.console()),
                System.getenv(),
                properties(System.getProperties()),
                System::nanoTime,
                Clock.systemUTC());
        System.exit(new Program(host).run(arguments).status());
    }

    /** From Java 22 on there is a console without a terminal too, and a method that tells the two apart. */
    private static boolean isTerminal(Console console) {
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }

    private static Map<String, String> properties(Properties properties) {
        Map<String, String> copy = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> copy.put(name, properties.getProperty(name)));
        return copy;
    }
}
