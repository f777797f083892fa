package dev.userservice.app;

import dev.userservice.audit.AuditChain;
import dev.userservice.audit.AuditVerifier;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/** {@code verify-audit}: the chain of audit logs, with the key that is named or set. */
final class AuditCheck {

  private AuditCheck() {}

  static ExitCode run(CommandLine line, Host host, PrintStream out) throws SettingsException {
    LongConsumer progress =
        host.terminal() ? bytes -> host.err().println("read " + bytes / (1024 * 1024) + " MiB") : bytes -> {};
    List<Path> files = line.words().stream().map(Path::of).toList();
    return new AuditVerifier(key(line, host), out, progress).verify(files) ? ExitCode.DONE : ExitCode.FAILED;
  }

  private static Optional<AuditChain> key(CommandLine line, Host host) throws SettingsException {
    Optional<Path> file =
        line.keyFile()
            .or(() -> Optional.ofNullable(host.environment().get(Setting.USER_SERVICE_AUDIT_KEY_FILE.name()))
                .filter(name -> !name.isEmpty())
                .map(Path::of));
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(AuditChain.keyedBy(file.get()));
    } catch (IOException e) {
      String name = line.keyFile().isPresent() ? "--key-file" : Setting.USER_SERVICE_AUDIT_KEY_FILE.name();
      throw new SettingsException(List.of(name + " must be a readable file of 32 to 1048576 bytes"));
    }
  }
}
