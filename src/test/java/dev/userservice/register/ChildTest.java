package dev.userservice.register;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A child process and its bounds. */
@DisabledOnOs(OS.WINDOWS)
final class ChildTest {

    private static final Child.Runner RUNNER = Child.within(Duration.ofSeconds(20), Map.of("GIVEN", "1"));

    @TempDir
    private Path folder;

    private static Child run(String script, String input) throws IOException {
        return RUNNER.run(List.of("/bin/sh", "-c", script), Map.of(), input);
    }

    @Test
    void readsWhatItIsSentAndIsHeard() throws IOException {
        assertEquals(new Child(7, "ä\n", "oops\n"), run("cat; echo oops >&2; exit 7", "ä\n"));
    }

    @Test
    void hasTheEnvironmentGivenAndNoOther() throws IOException {
        assertEquals("1-\n", run("echo $GIVEN-$HOME", "").out());
    }

    @Test
    void isHeardToTheEndButKeptInBounds() throws IOException {
        Child child = run("head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2; exit 3", "");
        assertEquals(
                List.of(3, 1 << 20, 1 << 20),
                List.of(child.status(), child.out().length(), child.err().length()));
    }

    @Test
    void isEndedWithItsChildrenWhenItsTimeIsUp() throws Exception {
        Path pids = folder.resolve("pids");
        String script = "sleep 60 & echo $! $$ > '" + pids + "'; wait";
        Child.Runner hurried = Child.within(Duration.ofSeconds(1), Map.of());
        IOException e =
                assertThrows(IOException.class, () -> hurried.run(List.of("/bin/sh", "-c", script), Map.of(), ""));
        assertEquals("it did not end within 1 seconds", e.getMessage());
        for (String pid : Files.readString(pids).strip().split(" ")) {
            ProcessHandle.of(Long.parseLong(pid)).ifPresent(process -> assertTrue(ends(process)));
        }
    }

    @Test
    void isEndedWithItsChildrenWhenThisProcessEnds() throws Exception {
        Path pid = folder.resolve("pid");
        run("mkfifo '" + pid + "'", "");
        Child.Runner ending = Child.within(Duration.ofSeconds(20), Map.of());
        CompletableFuture<Child> running = new CompletableFuture<>();
        String script = "sleep 60 & echo $! > '" + pid + "'; wait";
        Thread runs = new Thread(() -> {
            try {
                running.complete(ending.run(List.of("/bin/sh", "-c", script), Map.of("PATH", "/bin:/usr/bin"), ""));
            } catch (IOException e) {
                running.completeExceptionally(e);
            }
        });
        runs.start();
        ProcessHandle grandchild =
                ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
        ending.end();
        assertEquals(128 + 9, running.get(10, TimeUnit.SECONDS).status());
        assertTrue(ends(grandchild));
        assertEquals(
                "this process is ending",
                assertThrows(IOException.class, () -> ending.run(List.of("true"), Map.of(), ""))
                        .getMessage());
    }

    private static boolean ends(ProcessHandle process) {
        return process.onExit().completeOnTimeout(null, 10, TimeUnit.SECONDS).join() != null;
    }

    @Test
    void isAFailureWhereItCannotBeStarted() {
        assertThrows(IOException.class, () -> RUNNER.run(List.of("/no/such/program"), Map.of(), ""));
    }

    @Test
    void keepsAnInterruption() {
        Thread.currentThread().interrupt();
        assertEquals(
                "interrupted",
                assertThrows(IOException.class, () -> run("sleep 60", "")).getMessage());
        assertTrue(Thread.interrupted());
        assertFalse(Thread.currentThread().isInterrupted());
    }
}
