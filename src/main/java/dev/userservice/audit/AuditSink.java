package dev.userservice.audit;

import java.io.IOException;

/** Where audit lines go. A line once begun is written whole, or the process ends before. */
public interface AuditSink {

    /**
     * Writes one line, given with its newline.
     *
     * @return whether the operating system has it; false where it was begun and is still waiting to be taken
     * @throws IOException where nothing of it was or will be written
     */
    boolean write(byte[] line) throws IOException;
}
