package dev.userservice.audit;

import java.util.Optional;

/** How far a session's chain has been followed, and how its hashes are made. */
final class AuditSession {

    private final String id;
    private final Optional<AuditChain> chain;
    private final Optional<String> keyFinding;
    private long length;
    private long sequence;
    private String head;

    private AuditSession(AuditLine first, Optional<AuditChain> chain, Optional<String> keyFinding) {
        this.id = first.session();
        this.chain = chain;
        this.keyFinding = keyFinding;
        advance(first);
    }

    /**
     * Begins to follow a session at the first line found of it.
     *
     * @param key the chain under the key, where there is one
     */
    static AuditSession begin(AuditLine first, Optional<AuditChain> key) {
        boolean keyed =
                first.event().equals("session_start") ? first.text("chain").startsWith("hmac") : key.isPresent();
        if (!keyed) {
            Optional<String> finding = key.map(unused ->
                    "the session is not keyed, though there is a key: whoever can write the file can forge it");
            return new AuditSession(first, Optional.of(AuditChain.plain()), finding);
        }
        if (key.isEmpty()) {
            return new AuditSession(
                    first,
                    Optional.empty(),
                    Optional.of("the session is keyed: without --key-file its hashes cannot be checked"));
        }
        boolean fits = !first.members().has("key") || key.get().keyId().equals(Optional.of(first.text("key")));
        return new AuditSession(
                first,
                fits ? key : Optional.empty(),
                fits ? Optional.empty() : Optional.of("the session was written under another key"));
    }

    String id() {
        return id;
    }

    /** Returns how many lines of the session were found. */
    long length() {
        return length;
    }

    /** Returns the hash of the last line found. */
    String head() {
        return head;
    }

    /** Returns what is wrong with the key for this session. */
    Optional<String> keyFinding() {
        return keyFinding;
    }

    /** Goes on to the session's next line; returns what is wrong with its place, if something is. */
    Optional<String> follow(AuditLine line) {
        Optional<String> finding = wrongPlace(line);
        if (line.sequence() > sequence) {
            advance(line);
        }
        return finding;
    }

    private Optional<String> wrongPlace(AuditLine line) {
        if (line.sequence() == sequence && line.hash().equals(head)) {
            return Optional.of("the line is doubled");
        }
        if (line.sequence() <= sequence) {
            return Optional.of(
                    "the line is doubled, reordered or inserted: line %d came before it".formatted(sequence));
        }
        if (line.sequence() > sequence + 1) {
            long missing = line.sequence() - sequence - 1;
            return Optional.of("%d missing before it, from line %d on".formatted(missing, sequence + 1));
        }
        return line.previous().equals(head)
                ? Optional.empty()
                : Optional.of("the line does not follow the one before it: one of the two was changed or replaced");
    }

    private void advance(AuditLine line) {
        length++;
        sequence = line.sequence();
        head = line.hash();
    }

    /** Returns what is wrong with the line itself, if something is. */
    Optional<String> checkHash(AuditLine line) {
        return chain.filter(known -> !known.hash(line.hashed()).equals(line.hash()))
                .map(known -> "the line was changed: its hash does not fit");
    }
}
