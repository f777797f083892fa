package dev.userservice.audit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongConsumer;

/**
 * Reads audit logs from their first line to their last and tells, by file and line, what was changed, removed,
 * reordered, doubled or inserted. Its memory does not grow with the lines. For one thread.
 */
public final class AuditVerifier {

    private static final int MAX_LINE_BYTES = 64 * 1024;
    private static final int BUFFER_BYTES = 64 * 1024;

    /** Sessions without an end that are kept in mind at a time; the one longest silent is told first. */
    private static final int MAX_OPEN_SESSIONS = 10_000;

    /** Sessions that are kept in mind once they are told, so that none is taken for new: some 10 MB of memory. */
    private static final int MAX_TOLD_SESSIONS = 100_000;

    private static final long PROGRESS_BYTES = 8L * 1024 * 1024;

    private final Optional<AuditChain> key;
    private final PrintStream out;
    private final LongConsumer progress;
    private final Map<String, AuditSession> open = new LinkedHashMap<>(16, 0.75f, true);
    private final Set<UUID> told = new HashSet<>();
    private String place = "";
    private boolean afterTorn;
    private boolean full;
    private long lines;
    private long sessions;
    private long problems;
    private long warnings;
    private long bytes;

    /**
     * @param key the chain under the key, where there is one
     * @param out receives a line for each finding and each session, then a summary
     * @param progress receives the number of bytes read, from time to time
     */
    public AuditVerifier(Optional<AuditChain> key, PrintStream out, LongConsumer progress) {
        this.key = key;
        this.out = out;
        this.progress = progress;
    }

    /** Verifies the files in their order; returns whether all is whole. */
    public boolean verify(List<Path> files) {
        for (Path file : files) {
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)) {
                read(file, in);
            } catch (IOException e) {
                place = file.toString();
                problem("the file cannot be read");
            }
        }
        open.values().forEach(this::tellWithoutEnd);
        if (lines > 0 && sessions == 0 && problems == 0) {
            problem("there is not one audit line in it");
        }
        out.println("lines: %d, sessions: %d, problems: %d, warnings: %d; the log is %s"
                .formatted(lines, sessions, problems, warnings, problems == 0 ? "whole" : "NOT whole"));
        return problems == 0;
    }

    private void read(Path file, InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        long number = 0;
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (++bytes % PROGRESS_BYTES == 0) {
                progress.accept(bytes);
            }
            if (b == '\n') {
                place = file + ":" + ++number;
                line(line.toByteArray());
                line.reset();
            } else if (line.size() <= MAX_LINE_BYTES) {
                line.write(b);
            }
        }
        if (line.size() > 0) {
            place = file + ":" + ++number;
            line(line.toByteArray());
        }
    }

    private void line(byte[] found) {
        lines++;
        boolean sane = found.length <= MAX_LINE_BYTES;
        boolean mayBeTorn = sane && !afterTorn; // what a kill cut short has an intact chain behind it
        afterTorn = false;
        Optional<AuditLine> line = sane ? AuditLine.of(found) : Optional.empty();
        if (line.isPresent()) {
            chained(line.get());
        } else if (mayBeTorn && AuditLine.isTorn(found)) {
            warning("the line is cut short, as by a kill while it was written");
            afterTorn = true;
        } else {
            problem("this is no audit line: changed or inserted");
        }
    }

    private void chained(AuditLine line) {
        AuditSession session = open.get(line.session());
        if (session == null) {
            session = begin(line);
        } else {
            session.follow(line).ifPresent(finding -> problem(line, finding));
        }
        session.checkHash(line).ifPresent(finding -> problem(line, finding));
        if (line.event().equals("session_end")) {
            open.remove(line.session());
            remember(line.session());
            tell(session, "ended by " + line.text("reason").replaceAll("[^a-z_]", "?"));
        }
    }

    private AuditSession begin(AuditLine line) {
        if (told.contains(UUID.fromString(line.session()))) {
            problem(line, "the line stands after the end of its session: doubled, reordered or inserted");
        } else if (!line.event().equals("session_start") || line.sequence() != 1) {
            problem(line, "the session's lines before %d are missing".formatted(line.sequence()));
        } else if (!line.previous().equals(AuditChain.FIRST)) {
            problem(line, "the session's first line was changed");
        }
        sessions++;
        AuditSession session = AuditSession.begin(line, key);
        session.keyFinding().ifPresent(finding -> problem(line, finding));
        open.put(line.session(), session);
        if (open.size() > MAX_OPEN_SESSIONS) {
            Iterator<AuditSession> eldest = open.values().iterator();
            AuditSession silent = eldest.next();
            eldest.remove();
            remember(silent.id());
            tellWithoutEnd(silent);
        }
        return session;
    }

    private void remember(String session) {
        if (told.size() < MAX_TOLD_SESSIONS) {
            told.add(UUID.fromString(session));
        } else if (!full) {
            full = true;
            problem("more than %d sessions: a doubled one would not show; verify fewer files at a time"
                    .formatted(told.size()));
        }
    }

    private void tellWithoutEnd(AuditSession session) {
        warnings++;
        tell(session, "warning: without an end, so still running or killed");
    }

    private void tell(AuditSession session, String end) {
        out.println("session %s: %d lines, head %s, %s".formatted(session.id(), session.length(), session.head(), end));
    }

    private void problem(AuditLine line, String finding) {
        problem("session " + line.session() + ", line " + line.sequence() + ": " + finding);
    }

    private void problem(String finding) {
        problems++;
        out.println(place + ": " + finding);
    }

    private void warning(String finding) {
        warnings++;
        out.println(place + ": warning: " + finding);
    }
}
