package dev.userservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What was found to cost most at the start and per call stays away. Times are for the benchmark; causes are counted.
 */
@Timeout(60)
final class CostIT {

    /**
     * Classes that are not in the JDK's own archive: the JAR's, and those made at run time for lambdas and the like.
     */
    private static final int CLASSES_AT_INITIALIZE = 915;

    private static final int CLASSES_AT_FIRST_CALL = 1190;
    private static final int CALLS = 100;

    @TempDir
    private Path folder;

    @Test
    void loadsHardlyMoreClassesThanRecorded() throws Exception {
        try (SampleApi api = new SampleApi(0);
                ServerProcess server = start(api, "-Xlog:class+load:file=classes.txt")) {
            server.initialize();
            assertNoMore(CLASSES_AT_INITIALIZE, count("classes.txt", CostIT::isOurs));
            server.callUser("1", "1");
            assertFalse(server.answer("1").at("/result/isError").asBoolean());
            assertNoMore(CLASSES_AT_FIRST_CALL, count("classes.txt", CostIT::isOurs));
            assertEquals(0, count("classes.txt", line -> line.contains(" sun.security.ssl.SSLContextImpl ")));
            if (Runtime.version().feature() == 17) { // the HTTP client of later JDKs compares records of its own
                assertEquals(0, count("classes.txt", line -> line.contains(" java.lang.runtime.ObjectMethods ")));
            }
            server.end();
        }
    }

    /** One processor, as a container may have: there the JDK starts a thread for each asynchronous completion. */
    @Test
    void startsNoThreadForACall() throws Exception {
        try (SampleApi api = new SampleApi(0);
                ServerProcess server = start(api, "-XX:ActiveProcessorCount=1", "-Xlog:os+thread:file=threads.txt")) {
            server.initialize();
            callAtOnce(server);
            long begun = count("threads.txt", line -> line.contains("started (pthread id"));
            callAtOnce(server);
            long started = count("threads.txt", line -> line.contains("started (pthread id")) - begun;
            assertTrue(begun > 10 && started < CALLS / 10, begun + " before, and " + started + " for the calls");
            server.end();
        }
    }

    /** With the token in a file, as it is where it matters. */
    private ServerProcess start(SampleApi api, String... options) throws IOException {
        Path token = Files.writeString(folder.resolve("token"), ServerProcess.TOKEN);
        Map<String, String> settings = ServerProcess.settings(api.url(), folder);
        settings.remove("INTERNAL_API_TOKEN");
        settings.put("INTERNAL_API_TOKEN_FILE", token.toString());
        List<String> command = new ArrayList<>(ServerProcess.command());
        command.removeIf(option -> option.startsWith("-X")); // plain, without an archive
        command.addAll(1, List.of(options));
        return ServerProcess.start(command, settings, folder);
    }

    private static void callAtOnce(ServerProcess server) throws Exception {
        for (int i = 0; i < CALLS; i++) {
            server.callUser(Integer.toString(i), "1");
        }
        for (int i = 0; i < CALLS; i++) {
            server.next();
        }
    }

    private long count(String file, Predicate<String> counted) throws Exception {
        return Files.readAllLines(folder.resolve(file)).stream().filter(counted).count();
    }

    private static boolean isOurs(String line) {
        return !line.contains("source: shared objects file") && !line.contains("source: jrt:");
    }

    private static void assertNoMore(long recorded, long counted) {
        assertTrue(counted <= recorded * 11 / 10, counted + " classes, and " + recorded + " are recorded");
        assertTrue(counted >= recorded / 2, counted + " classes: record fewer, or nothing is counted");
    }
}
