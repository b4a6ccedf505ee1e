package dev.longshore.app.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.ipfs.kubo.KuboPorts;
import dev.longshore.ipfs.kubo.SwarmKey;
import dev.longshore.programs.FreePorts;
import dev.longshore.programs.Program;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KuboStartTest {
  private static final Path ANY_PROGRAM = Path.of("/bin/true");

  @TempDir Path folder;
  private final SwarmKey key = SwarmKey.generate(new SecureRandom());

  private KuboRepository repository() {
    return new KuboRepository(folder.resolve("kubo"));
  }

  private static KuboPorts free() throws IOException {
    List<Integer> ports = FreePorts.find(2);
    return KuboPorts.loopback(ports.get(0), ports.get(1), 0);
  }

  private Program prepare(KuboPorts ports) throws Exception {
    return new KuboStart("kubo", ANY_PROGRAM, repository(), ports, folder.resolve("log")).prepare();
  }

  @Test
  void whatABrokenOffStartLeftOfARepositoryIsMadeAnewAndAWholeOneStays() throws Exception {
    Files.createDirectories(folder.resolve("kubo"));
    Files.writeString(folder.resolve("kubo/swarm.key"), "half");
    assertThat(repository().isThere()).isFalse();

    repository().make(free(), key);
    String config = Files.readString(folder.resolve("kubo/config"));
    repository().make(free(), SwarmKey.generate(new SecureRandom()));

    assertThat(Files.readString(folder.resolve("kubo/swarm.key"))).isEqualTo(key.file());
    assertThat(Files.readString(folder.resolve("kubo/config"))).isEqualTo(config);
  }

  @Test
  void listensWhereTheSettingsSayAndKeepsEverythingElse() throws Exception {
    KuboPorts first = free();
    repository().make(first, key);
    assertThat(repository().ports()).contains(first);
    KuboPorts then = free();
    var before = new ObjectMapper().readTree(Files.readString(folder.resolve("kubo/config")));

    assertThat(prepare(then).command().environment()).containsKeys("GOMEMLIMIT", "GOMAXPROCS");

    assertThat(repository().ports()).contains(then);
    var after = new ObjectMapper().readTree(Files.readString(folder.resolve("kubo/config")));
    assertThat(after.get("Identity")).isEqualTo(before.get("Identity"));
    assertThat(after.get("Datastore")).isEqualTo(before.get("Datastore"));
    assertThat(after.at("/Addresses/Swarm")).isEqualTo(before.at("/Addresses/Swarm"));
  }

  @Test
  void saysWhichPortIsTakenAndWhereToChangeIt() throws Exception {
    KuboPorts ports = free();
    repository().make(ports, key);
    try (ServerSocket _ = new ServerSocket(ports.gateway(), 1, InetAddress.getLoopbackAddress())) {
      assertThatExceptionOfType(PartFailedException.class)
          .isThrownBy(() -> prepare(ports))
          .withMessageContaining("port " + ports.gateway() + " is taken")
          .withMessageContaining("resolver.kubo.gateway");
    }
  }

  @Test
  void aLockFileThatAKillLeftHoldsNobodyUp() throws Exception {
    KuboPorts ports = free();
    repository().make(ports, key);
    Files.createFile(folder.resolve("kubo/repo.lock"));

    assertThat(repository().isHeld()).isFalse();
    assertThat(prepare(ports).command().line()).contains(ANY_PROGRAM.toString(), "daemon");
  }
}
