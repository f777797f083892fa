package dev.userservice.register;

import dev.userservice.model.DaemonThreads;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A child process that has ended: its status and what it wrote, of each stream the first mebibyte.
 *
 * @param out standard output
 * @param err standard error
 */
record Child(int status, String out, String err) {

    private static final int MAX_BYTES = 1024 * 1024;

    /** Runs commands, each to its end. */
    @FunctionalInterface
    interface Runner {
        /**
         * @param variables what the command's environment holds besides the runner's
         * @throws IOException where it cannot be started, does not take its input or does not end in time
         */
        Child run(List<String> command, Map<String, String> variables, String input) throws IOException;

        /** Ends whatever is being run, as this process itself is ending; nothing is started any more. */
        default void end() {}
    }

    /** Returns a runner that gives each command this environment and this much time; nothing outlives a run. */
    static Runner within(Duration patience, Map<String, String> environment) {
        return new BoundedRunner(patience, environment);
    }

    /** Thread-safe; its lock guards whether this process is ending. */
    private static final class BoundedRunner implements Runner {

        private final Duration patience;
        private final Map<String, String> environment;
        private boolean ending;

        BoundedRunner(Duration patience, Map<String, String> environment) {
            this.patience = patience;
            this.environment = Map.copyOf(environment);
        }

        @Override
        public Child run(List<String> command, Map<String, String> variables, String input) throws IOException {
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().clear();
            builder.environment().putAll(environment);
            builder.environment().putAll(variables);
            Process process = start(builder);
            try {
                CompletableFuture<Child> ended = ended(process);
                try (OutputStream in = process.getOutputStream()) {
                    in.write(input.getBytes(StandardCharsets.UTF_8));
                }
                return ended.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                throw new IOException("it did not end within " + patience.toSeconds() + " seconds", e);
            } catch (ExecutionException e) {
                throw new IOException("its output could not be read", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }

        private synchronized Process start(ProcessBuilder builder) throws IOException {
            if (ending) {
                throw new IOException("this process is ending");
            }
            return builder.start();
        }

        @Override
        public synchronized void end() {
            ending = true;
            List<ProcessHandle> children = ProcessHandle.current().children().toList();
            ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
            children.forEach(child -> child.onExit().join());
        }
    }

    private static CompletableFuture<Child> ended(Process process) {
        // A thread each: what the child cannot write while the other stream is read holds it up for ever.
        Executor threads =
                reading -> new DaemonThreads("child-output").newThread(reading).start();
        CompletableFuture<String> out = CompletableFuture.supplyAsync(() -> text(process.getInputStream()), threads);
        CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()), threads);
        return process.onExit()
                .thenCombine(out, (ended, text) -> text)
                .thenCombine(err, (text, errors) -> new Child(process.exitValue(), text, errors));
    }

    /** Reads on to the end, so that nothing the child still says holds it up. */
    private static String text(InputStream stream) {
        try (stream) {
            byte[] kept = stream.readNBytes(MAX_BYTES);
            stream.transferTo(OutputStream.nullOutputStream());
            return new String(kept, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
