package dev.userservice.audit;

import dev.userservice.model.FileFault;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;

/**
 * Hands on every line of the files it reads, with its place, or the reason why a file cannot be read. Of a line it
 * keeps 64 KiB and one byte more, which shows that the line is too long. For one thread.
 */
final class AuditReader {

    static final int MAX_LINE_BYTES = 64 * 1024;

    private static final long PROGRESS_BYTES = 8L * 1024 * 1024;
    private static final int MAX_MAGIC_BYTES = 6;

    /** How compressed files begin, in hex (RFC 1952, 2.3.1; RFC 8878, 3.1.1; xz; bzip2), and what unpacks them. */
    private static final Map<String, String> UNPACKERS =
            Map.of("1f8b", "zcat", "28b52ffd", "zstdcat", "fd377a585a00", "xzcat", "425a68", "bzcat");

    private final BiConsumer<String, byte[]> lines;
    private final BiConsumer<String, String> problems;
    private final LongConsumer progress;
    private long bytes;

    /**
     * Hands on each line with its place, each file that cannot be read with the reason, and every 8 MiB the bytes read.
     */
    AuditReader(BiConsumer<String, byte[]> lines, BiConsumer<String, String> problems, LongConsumer progress) {
        this.lines = lines;
        this.problems = problems;
        this.progress = progress;
    }

    /** Reads a file to its end; what is no regular file may still be a pipe, so only opening it shows. */
    void read(Path file) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            requirePlain(file, in);
            read(file, in);
        } catch (IOException e) {
            // a folder can be opened, and no more
            problems.accept(file.toString(), Files.isDirectory(file) ? FileFault.NOT_REGULAR : FileFault.reason(e));
        }
    }

    private static void requirePlain(Path file, InputStream in) throws IOException {
        in.mark(MAX_MAGIC_BYTES);
        String beginning = HexFormat.of().formatHex(in.readNBytes(MAX_MAGIC_BYTES));
        in.reset();
        for (Map.Entry<String, String> packed : UNPACKERS.entrySet()) {
            if (beginning.startsWith(packed.getKey())) {
                String unpacking = packed.getValue() + " FILE | java -jar user-service.jar verify-audit /dev/stdin";
                throw new FileFault(file, "compressed; pipe it in: " + unpacking);
            }
        }
    }

    private void read(Path file, InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        long number = 1;
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (++bytes % PROGRESS_BYTES == 0) {
                progress.accept(bytes);
            }
            if (b == '\n') {
                lines.accept(file + ":" + number++, line.toByteArray());
                line.reset();
            } else if (line.size() <= MAX_LINE_BYTES) {
                line.write(b);
            }
        }
        if (line.size() > 0) {
            lines.accept(file + ":" + number, line.toByteArray());
        }
    }
}
