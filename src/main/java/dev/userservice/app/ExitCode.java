package dev.userservice.app;

/** The program's exit statuses; after a signal, the JVM exits with its own, 143 or 130. */
public enum ExitCode {
    DONE(0),
    /** The call, the check or the verification failed. */
    FAILED(1),
    WRONG_USAGE(2),
    WRONG_SETTINGS(3);

    private final int status;

    ExitCode(int status) {
        this.status = status;
    }

    public int status() {
        return status;
    }
}
