package dev.userservice.check;

import dev.userservice.audit.AuditChain;
import dev.userservice.audit.AuditVerifier;
import dev.userservice.model.FileFault;
import dev.userservice.settings.Places;
import dev.userservice.settings.Setting;
import dev.userservice.settings.SettingsException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** {@code verify-audit}: follows the hash chain of audit logs, under the key that the operator names. */
public final class AuditCheck {

    private static final String KEY_SETTING = Setting.USER_SERVICE_AUDIT_KEY_FILE.name();

    private AuditCheck() {}

    /**
     * Verifies the files, in their order; returns whether they are as they were written.
     *
     * @param keyFile the key's file that the command line names; only without it does that of the environment count
     * @param progress receives a line from time to time for somebody who waits
     * @throws SettingsException where the key cannot be read
     */
    public static boolean run(
            List<Path> files, Optional<Path> keyFile, Places places, PrintStream out, PrintStream progress)
            throws SettingsException {
        Optional<AuditChain> key = key(keyFile, places);
        return new AuditVerifier(key, out, bytes -> progress.println("read " + bytes / (1024 * 1024) + " MiB"))
                .verify(files);
    }

    private static Optional<AuditChain> key(Optional<Path> option, Places places) throws SettingsException {
        try {
            String setting = places.environment().getOrDefault(KEY_SETTING, "");
            Optional<Path> file = option.isPresent() || setting.isEmpty() ? option : Optional.of(places.of(setting));
            return file.isPresent() ? Optional.of(AuditChain.keyedBy(file.get())) : Optional.empty();
        } catch (InvalidPathException e) {
            throw new SettingsException(List.of(KEY_SETTING + " " + Places.NO_PATH));
        } catch (IOException e) {
            String name = option.map(file -> "--key-file " + file).orElse(KEY_SETTING);
            throw new SettingsException(List.of(name + " cannot be used: " + FileFault.reason(e)));
        }
    }
}
