package dev.userservice.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HostTest {

  @ParameterizedTest
  @CsvSource({
    "Linux,      /state, /home/eve, '',   /state/user-service/audit.jsonl,                    the variable of XDG",
    "Linux,      '',     /home/eve, '',   /home/eve/.local/state/user-service/audit.jsonl,    the shell's home",
    "Mac OS X,   '',     /home/eve, '',   /home/eve/.local/state/user-service/audit.jsonl,    the same on macOS",
    "Linux,      '',     '',        '',   /home/ada/.local/state/user-service/audit.jsonl,    the account's home",
    "Linux,      state,  home,      '',   /home/ada/.local/state/user-service/audit.jsonl,    relative paths are ignored",
    "Windows 11, /state, /home/eve, /app, /app/user-service/audit.jsonl,                      the variable of Windows",
    "Windows 11, /state, /home/eve, '',   /home/ada/AppData/Local/user-service/audit.jsonl,   the account's on Windows",
  })
  @DisabledOnOs(OS.WINDOWS)
  void knowsWhereTheAuditLogStands(
      String system, String state, String home, String local, Path expected, String reason) {
    Map<String, String> environment = Map.of("XDG_STATE_HOME", state, "HOME", home, "LOCALAPPDATA", local);
    Map<String, String> properties = Map.of("os.name", system, "user.home", "/home/ada");
    OutputStream nowhere = OutputStream.nullOutputStream();
    Host host =
        new Host(
            InputStream.nullInputStream(), nowhere, new PrintStream(nowhere), nowhere, false, environment, properties,
            () -> 0, Clock.systemUTC());
    assertEquals(expected, host.auditFile(), reason);
  }
}
