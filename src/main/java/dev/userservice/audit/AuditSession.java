package dev.userservice.audit;

import java.util.Optional;
import java.util.function.BiConsumer;

/** Follows one session's chain through a log, and reports each line that does not fit. For one thread. */
final class AuditSession {

    private final String id;
    private final BiConsumer<AuditLine, String> problems;
    private final Optional<AuditChain> chain;
    private long length;
    private long sequence;
    private long lastNumber;
    private String head;
    private boolean torn;

    /** Begins at the first line found of a session; {@code key} is the chain under the auditor's key. */
    AuditSession(AuditLine first, Optional<AuditChain> key, BiConsumer<AuditLine, String> problems) {
        this.id = first.session();
        this.problems = problems;
        this.chain = chain(first, key);
        advance(first);
    }

    /** Returns the chain that makes the session's hashes; nothing where its key is not known. */
    private Optional<AuditChain> chain(AuditLine first, Optional<AuditChain> key) {
        boolean start = first.text("event").equals("session_start");
        boolean keyed = start ? first.text("chain").startsWith("hmac") : key.isPresent();
        if (!keyed) {
            key.ifPresent(unused -> problems.accept(
                    first, "the session is not keyed, though there is a key: whoever can write the file can forge it"));
            return Optional.of(AuditChain.plain());
        }
        if (key.isEmpty()) {
            problems.accept(first, "the session is keyed: without --key-file its hashes cannot be checked");
            return Optional.empty();
        }
        if (first.members().has("key") && !key.get().keyId().equals(Optional.of(first.text("key")))) {
            problems.accept(first, "the session was written under another key");
            return Optional.empty();
        }
        return key;
    }

    String id() {
        return id;
    }

    /** Goes on to the session's next line, and checks its place. */
    void follow(AuditLine line) {
        if (torn) {
            torn = false;
            problems.accept(line, "the line follows a torn one, after which its session cannot have gone on");
        } else if (line.sequence() == sequence && line.hash().equals(head)) {
            problems.accept(line, "the line is doubled");
        } else if (line.sequence() <= sequence) {
            problems.accept(
                    line, "the line is doubled, reordered or inserted: line %d came before it".formatted(sequence));
        } else if (line.sequence() > sequence + 1) {
            long missing = line.sequence() - sequence - 1;
            problems.accept(line, "%d missing before it, from line %d on".formatted(missing, sequence + 1));
        } else if (!line.text("previous").equals(head)) {
            problems.accept(line, "the line does not follow the one before it: one of the two was changed or replaced");
        }
        if (line.sequence() > sequence) {
            advance(line);
        }
    }

    private void advance(AuditLine line) {
        length++;
        sequence = line.sequence();
        lastNumber = line.number();
        head = line.hash();
    }

    /**
     * Takes a torn line for the session's next, if it can be: it stands after the others, and there is no other, since
     * a process is killed once.
     */
    boolean takes(TornLine line) {
        boolean taken = !torn
                && line.number() > lastNumber
                && !line.isOfAStart()
                && line.isOf(id, sequence + 1)
                && chain.map(known -> line.follows(head, known)).orElse(true);
        torn |= taken;
        return taken;
    }

    /** Checks a line's own hash. */
    void checkHash(AuditLine line) {
        chain.filter(known -> !known.hash(line.hashed()).equals(line.hash()))
                .ifPresent(known -> problems.accept(line, "the line was changed: its hash does not fit"));
    }

    /** Returns the session's id, how many lines of it were found, and the hash of the last. */
    String summary() {
        return "session %s: %d lines, head %s".formatted(id, length, head);
    }
}
