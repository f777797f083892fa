package dev.userservice.audit;

import dev.userservice.model.Printable;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.LongConsumer;

/**
 * Reads audit logs from their first line to their last and reports, by file and line, what was changed, removed,
 * reordered, doubled or inserted. Its memory does not grow with the lines. For one thread.
 *
 * <p>A torn line is no failure where a session without an end can have left it. A torn first line of a session always
 * is one: no line that the chain vouches for says that there was such a session, so anybody can have written it.
 */
public final class AuditVerifier {

    /** Sessions followed at a time; with one more, the one silent for longest is reported as without an end. */
    private static final int MAX_OPEN_SESSIONS = 10_000;

    /** Sessions remembered once they are reported, so that none is taken for new: about 10 MB of memory. */
    private static final int MAX_REPORTED_SESSIONS = 100_000;

    /**
     * Torn lines too short to name their session, remembered until it shows which have no end; one more is a failure.
     */
    private static final int MAX_NAMELESS = 1_000;

    private final Optional<AuditChain> key;
    private final PrintStream out;
    private final LongConsumer progress;
    private final Map<String, AuditSession> open = new LinkedHashMap<>(16, 0.75f, true);
    private final Set<UUID> reported = new HashSet<>();

    private final Set<TornLine> nameless = new TreeSet<>(TornLine.MOST_SHOWN_FIRST);
    private String place = "";
    private boolean full;
    private long lines;
    private long sessions;
    private long problems;
    private long warnings;

    /** Uses {@code key} for keyed sessions; {@code progress} receives the number of bytes read, every 8 MiB. */
    public AuditVerifier(Optional<AuditChain> key, PrintStream out, LongConsumer progress) {
        this.key = key;
        this.out = out;
        this.progress = progress;
    }

    /**
     * Reports each finding and each session in the files, read in their order; returns whether there is a line and all
     * is whole.
     */
    public boolean verify(List<Path> files) {
        AuditReader reader = new AuditReader(this::line, this::unreadable, progress);
        files.forEach(reader::read);
        open.values().forEach(this::reportWithoutEnd);
        nameless.forEach(this::unexplained);
        if (lines == 0 && problems == 0) {
            print("no line, nothing to verify");
            return false;
        }
        String verdict = lines == 0 ? "nothing was verified" : "the log is " + (problems == 0 ? "whole" : "NOT whole");
        print("lines: %d, sessions: %d, problems: %d, warnings: %d; %s"
                .formatted(lines, sessions, problems, warnings, verdict));
        return problems == 0;
    }

    private void unreadable(String file, String reason) {
        place = file;
        problem("the file cannot be read: " + reason);
    }

    private void line(String where, byte[] found) {
        place = where;
        lines++;
        if (found.length > AuditReader.MAX_LINE_BYTES) {
            noLine();
        } else {
            AuditLine.of(lines, found)
                    .ifPresentOrElse(
                            this::chained,
                            () -> TornLine.of(where, lines, found).ifPresentOrElse(this::torn, this::noLine));
        }
    }

    private void noLine() {
        problem("this is no audit line: changed or inserted");
    }

    private void torn(TornLine line) {
        Optional<AuditSession> session = line.session().map(open::get);
        if (line.session().isEmpty() && nameless.size() < MAX_NAMELESS) {
            nameless.add(line); // which sessions are without an end shows later
        } else if (session.filter(known -> known.takes(line)).isPresent()) {
            explained(line);
        } else {
            unexplained(line);
        }
    }

    private void explained(TornLine line) {
        warnings++;
        print(line.place() + ": warning: the line is cut short, as by a kill while it was written");
    }

    private void unexplained(TornLine line) {
        place = line.place();
        problem("the line is cut short, and no session without an end can have left it: changed or inserted");
    }

    private void chained(AuditLine line) {
        AuditSession session = open.get(line.session());
        if (session == null) {
            session = begin(line);
        } else {
            session.follow(line);
        }
        session.checkHash(line);
        if (line.text("event").equals("session_end")) {
            close(session);
            print(session.summary() + ", ended by " + line.text("reason").replaceAll("[^a-z_]", "?"));
        }
    }

    private AuditSession begin(AuditLine line) {
        if (reported.contains(UUID.fromString(line.session()))) {
            problem(line, "the line stands after the end of its session: doubled, reordered or inserted");
        } else if (!line.text("event").equals("session_start") || line.sequence() != 1) {
            problem(line, "the session's lines before %d are missing".formatted(line.sequence()));
        } else if (!line.text("previous").equals(AuditChain.GENESIS_HASH)) {
            problem(line, "the session's first line was changed");
        }
        sessions++;
        AuditSession session = new AuditSession(line, key, this::problem);
        open.put(line.session(), session);
        if (open.size() > MAX_OPEN_SESSIONS) {
            AuditSession silent = open.values().iterator().next();
            close(silent);
            reportWithoutEnd(silent);
        }
        return session;
    }

    private void close(AuditSession session) {
        open.remove(session.id());
        if (reported.size() < MAX_REPORTED_SESSIONS) {
            reported.add(UUID.fromString(session.id()));
        } else if (!full) {
            full = true;
            problem("more than %d sessions: a doubled one would not show; verify fewer files at a time"
                    .formatted(MAX_REPORTED_SESSIONS));
        }
    }

    /** Reports a session, and with it a torn line that it can have left. */
    private void reportWithoutEnd(AuditSession session) {
        Optional<TornLine> left = nameless.stream().filter(session::takes).findFirst();
        left.filter(nameless::remove).ifPresent(this::explained);
        warnings++;
        print(session.summary() + ", warning: without an end, so still running or killed");
    }

    private void problem(AuditLine line, String finding) {
        problem("session " + line.session() + ", line " + line.sequence() + ": " + finding);
    }

    private void problem(String finding) {
        problems++;
        print(place + ": " + finding);
    }

    /** The only way to the auditor's terminal: names and contents of files are anybody's choice. */
    private void print(String text) {
        out.println(Printable.of(text));
    }
}
