package dev.userservice.check;

import dev.userservice.audit.AuditChain;
import dev.userservice.audit.AuditVerifier;
import dev.userservice.settings.Setting;
import dev.userservice.settings.SettingsException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code verify-audit}: follows the hash chain of audit logs, under the key that the command line or the environment
 * names.
 */
public final class AuditCheck {

    private static final String KEY_OPTION = "--key-file";
    private static final String KEY_SETTING = Setting.USER_SERVICE_AUDIT_KEY_FILE.name();
    private static final int MIB = 1024 * 1024;

    private AuditCheck() {}

    /**
     * Verifies the files, in their order.
     *
     * @param keyFile the key's file that the command line names; the environment's counts only without it
     * @param out takes the findings
     * @param progress takes a line from time to time for somebody who waits
     * @return whether the logs are as they were written
     * @throws SettingsException where the key cannot be read
     */
    public static boolean run(
            List<Path> files,
            Optional<Path> keyFile,
            Map<String, String> environment,
            PrintStream out,
            PrintStream progress)
            throws SettingsException {
        Optional<AuditChain> key = keyFile.isPresent() ? keyOf(KEY_OPTION, keyFile.get()) : keyOf(environment);
        return new AuditVerifier(key, out, bytes -> progress.println("read " + bytes / MIB + " MiB")).verify(files);
    }

    private static Optional<AuditChain> keyOf(Map<String, String> environment) throws SettingsException {
        String name = environment.getOrDefault(KEY_SETTING, "");
        try {
            return name.isEmpty() ? Optional.empty() : keyOf(KEY_SETTING, Path.of(name));
        } catch (InvalidPathException e) {
            throw new SettingsException(List.of(KEY_SETTING + " must be the name of a file"));
        }
    }

    private static Optional<AuditChain> keyOf(String origin, Path file) throws SettingsException {
        try {
            return Optional.of(AuditChain.keyedBy(file));
        } catch (IOException e) {
            throw new SettingsException(List.of(origin + " must be a readable file of 32 to 1048576 bytes"));
        }
    }
}
