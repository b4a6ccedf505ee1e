package dev.longshore.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.parts.HomeLock;
import dev.longshore.model.check.testing.Found;
import dev.longshore.settings.value.Listen;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the doctor finds on the machine itself. */
class MachineChecksTest {
  private static final long MEBIBYTE = 1L << 20;
  @TempDir Path folder;

  private Path secret(String name, String rights) throws Exception {
    Path file = Files.writeString(folder.resolve(name), "secret");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
  }

  @Test
  void secretsThatOthersReadOrThatAreNotThereAreNamedByTheirSetting() throws Exception {
    Found found =
        Found.by(
            new SecretFilesCheck(
                Map.of(
                    "kafka.client-properties", secret("kafka", "rw-r-----"),
                    "health.credentials.token-file", secret("health", "rw-r--r--"),
                    "resolver.tls.key-file", folder.resolve("absent"))));

    assertThat(found.warnings())
        .contains("health.credentials.token-file", "every user of this machine", "chmod o-rwx")
        .doesNotContain("client-properties");
    assertThat(found.wrong()).contains("resolver.tls.key-file", "there is no such file");
  }

  @Test
  void closedSecretsAreFine() throws Exception {
    assertThat(Found.by(new SecretFilesCheck(Map.of("a", secret("a", "rw-------")))).fine())
        .contains("1, none of them open to others");
  }

  @Test
  void aFullDiskIsWrongAndASmallOneAWarning() throws Exception {
    assertThat(spool(500, 1_000).wrong()).contains("0 MB free", "set another converter.spool-dir");
    assertThat(spool(5_000, 1_000).warnings()).contains("it may grow to 0 MB");
    assertThat(spool(50_000, 1_000).fine()).contains("write to " + folder);
  }

  private Found spool(long free, long least) throws Exception {
    return Found.by(new FolderCheck("converter.spool-dir", folder, 10_000, least, _ -> free));
  }

  @Test
  void aFolderThatCannotBeMadeIsWrong() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");

    assertThat(
            Found.by(new FolderCheck("home", file.resolve("below"), 1, 1, FolderCheck.Disk.REAL))
                .wrong())
        .contains("is no folder", "set another home");
  }

  @Test
  void aPortThatAnotherProgramHasIsWrongAndOursIsFine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Listen listen = new Listen("127.0.0.1", taken.getLocalPort());

      assertThat(Found.by(new PortCheck("resolver.listen", listen, Optional::empty)).wrong())
          .contains("taken, and not by a Longshore", "ss -ltnp", "set another resolver.listen");
      assertThat(Found.by(new PortCheck("resolver.listen", listen, () -> Optional.of("17"))).fine())
          .contains("held by Longshore, process 17");
    }
    Listen free = new Listen("127.0.0.1", 0);
    assertThat(Found.by(new PortCheck("resolver.listen", free, Optional::empty)).fine())
        .contains("free");
  }

  @Test
  void anAddressOfAnotherMachineIsWrong() throws Exception {
    Listen elsewhere = new Listen("203.0.113.1", 5050);

    assertThat(Found.by(new PortCheck("resolver.listen", elsewhere, Optional::empty)).wrong())
        .contains("choose an address of this machine");
  }

  @Test
  void whoHasAHomeIsToldByItsLock() throws Exception {
    assertThat(HomeLock.holder(folder, "resolver")).isEmpty();
    try (HomeLock _ = HomeLock.take(folder, "resolver")) {
      assertThat(HomeLock.holder(folder, "resolver"))
          .contains(String.valueOf(ProcessHandle.current().pid()));
    }
    assertThat(HomeLock.holder(folder, "resolver")).isEmpty();
  }

  @Test
  void aHeapThatIsTooLargeForTheMachineIsWrongAndOneTooSmallForTheSettingsAWarning()
      throws Exception {
    assertThat(Found.by(new HeapCheck("-Xmx1g", 1024 * MEBIBYTE, 4, false)).wrong())
        .contains("1024 MiB", "LONGSHORE_JAVA_OPTS");
    assertThat(Found.by(new HeapCheck("-Xmx128m", 4096 * MEBIBYTE, 64, false)).warnings())
        .contains("may need 224 MiB", "-Xmx224m");
    assertThat(Found.by(new HeapCheck("-Xmx128m", 4096 * MEBIBYTE, 4, true)).warnings())
        .contains("may need 256 MiB");
    assertThat(Found.by(new HeapCheck("-Xss1m", 4096 * MEBIBYTE, 4, true)).fine())
        .contains("a heap of 2048 MiB");
  }
}
