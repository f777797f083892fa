package dev.userservice.model;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.util.concurrent.locks.LockSupport;

/**
 * Takes the lock of a file that several processes share. While another process keeps it, this waits once, about half a
 * second; until it is released, further attempts do not wait at all, so nobody pays for it again. For one thread at a
 * time.
 */
public final class LockWait {

    /** With the pauses about half a second: the longest wait for another process to release the lock. */
    private static final int ATTEMPTS = 1_500;

    private static final long PAUSE_NANOS = 200_000;

    /** Past any end of the file: on Windows nobody can read a locked byte, not even this process by another channel. */
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

    private boolean lockedElsewhere;

    /**
     * Takes the lock, which closing the channel releases.
     *
     * @throws IOException where another process keeps it
     */
    public void lock(FileChannel file) throws IOException {
        for (int attempt = 0; attempt < (lockedElsewhere ? 1 : ATTEMPTS); attempt++) {
            if (tryLock(file)) {
                lockedElsewhere = false;
                return;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        lockedElsewhere = true;
        throw new FileSystemException(null, null, "locked by another process");
    }

    private static boolean tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock(LOCKED_BYTE, 1, false) != null;
        } catch (OverlappingFileLockException e) {
            return false; // another user of the file in this process has it
        }
    }
}
