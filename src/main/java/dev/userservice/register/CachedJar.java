package dev.userservice.register;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;

/**
 * The JAR that an ahead-of-time cache was made from. A JVM up to 25.0.3, or 26.0.0, does not see that another stands in
 * its place, and runs the classes of the cache (JDK-8377932). So {@code register} names the JAR's state, and where it
 * is another now, the new one's own classes run: slower, and nothing else.
 */
public final class CachedJar {

    /** The system property that holds the state. */
    public static final String PROPERTY = "user-service.cached-jar";

    private CachedJar() {}

    /** Returns what tells a JAR from another in its place; nothing tells apart what is missing. */
    public static String state(Path jar) {
        File file = jar.toFile();
        return file.length() + "-" + file.lastModified();
    }

    /** Runs the program from the JAR itself, whatever this JVM has cached. */
    public static void run(Path jar, String... arguments) throws Exception {
        URL[] classes = {jar.toUri().toURL()};
        ClassLoader own = new URLClassLoader(classes, ClassLoader.getPlatformClassLoader());
        Thread.currentThread().setContextClassLoader(own);
        own.loadClass("dev.userservice.Main").getMethod("main", String[].class).invoke(null, (Object) arguments);
    }
}
