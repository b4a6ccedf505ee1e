package dev.longshore.ipfs.kubo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.LocalCheck;
import dev.longshore.ipfs.node.PinProgress;
import dev.longshore.ipfs.testing.KuboDaemon;
import dev.longshore.ipfs.testing.SampleDag;
import dev.longshore.ipfs.testing.SharedKubos;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What only a real node can show: signals, restarts, credentials, what it does when we leave. */
class KuboTroubleIT {
  @RegisterExtension static final SharedKubos KUBOS = new SharedKubos(2);

  private static final Duration STALL = Duration.ofSeconds(2);

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(60));
  }

  @Test
  void stopsAskingForBlocksWhenAPinIsGivenUp() throws Exception {
    KuboClient node = KUBOS.get(0).client();
    SampleDag dag = new SampleDag(71);

    KuboException e =
        catchThrowableOfType(
            KuboException.class, () -> node.pin(dag.root(), "n", STALL, soon(), PinProgress.NONE));

    assertThat(e.fault()).isEqualTo(Fault.STALLED);
    Deadline patience = soon();
    String wanted = dag.root().toString();
    while (wanted.contains(dag.root().toString()) && !patience.expired()) {
      wanted = KUBOS.get(0).ipfs("bitswap", "wantlist");
    }
    assertThat(wanted).doesNotContain(dag.root().toString());
  }

  @Test
  void noticesANodeThatStandsStillAndGoesOnWhenItDoes() throws Exception {
    KuboDaemon daemon = KUBOS.get(1);
    KuboClient node = daemon.client();
    SampleDag dag = new SampleDag(72);
    node.importCar(dag.car(), soon());
    daemon.signal("STOP");
    try {
      KuboException pin =
          catchThrowableOfType(
              KuboException.class,
              () -> node.pin(dag.root(), "n", STALL, soon(), PinProgress.NONE));
      KuboException look =
          catchThrowableOfType(
              KuboException.class,
              () -> node.holds(dag.leaf(), Deadline.after(Duration.ofSeconds(1))));

      assertThat(pin.fault()).isEqualTo(Fault.STALLED);
      assertThat(look.fault()).isEqualTo(Fault.TIMEOUT);
    } finally {
      daemon.signal("CONT");
    }
    node.pin(dag.root(), "n", STALL, soon(), PinProgress.NONE);
    assertThat(node.isPinned(dag.root(), soon())).isTrue();
  }

  @Test
  void keepsWhatItPinnedOverAKill() throws Exception {
    KuboDaemon daemon = KUBOS.get(1);
    KuboClient node = daemon.client();
    SampleDag dag = new SampleDag(73);
    node.importCar(dag.car(), soon());
    node.pin(dag.root(), "kept", STALL, soon(), PinProgress.NONE);
    daemon.kill();

    KuboException away =
        catchThrowableOfType(KuboException.class, () -> node.holds(dag.leaf(), soon()));
    assertThat(away.fault()).isEqualTo(Fault.UNREACHABLE);

    daemon.restart();
    assertThat(node.isPinned(dag.root(), soon())).isTrue();
    assertThat(node.verifyLocal(dag.root(), LocalCheck.REHASH, soon()).blocks())
        .isEqualTo(dag.blockCount());
  }

  @Test
  void seesASwarmKeyThatIsMissing() throws Exception {
    KuboDaemon daemon = KUBOS.get(0);
    Path key = daemon.repository().resolve("swarm.key");
    String content = Files.readString(key);
    assertThat(SwarmKeyEvidence.of(daemon.repository().toString(), peerId(daemon)))
        .isEqualTo(SwarmKeyEvidence.PRESENT);

    Files.delete(key);
    try {
      assertThat(SwarmKeyEvidence.of(daemon.repository().toString(), peerId(daemon)))
          .isEqualTo(SwarmKeyEvidence.ABSENT);
    } finally {
      Files.writeString(key, content);
    }
    assertThat(SwarmKeyEvidence.of(daemon.repository().toString(), "12D3KooWsomebodyElse"))
        .isEqualTo(SwarmKeyEvidence.UNKNOWN);
    assertThat(SwarmKeyEvidence.of("/no/such/place", "12D3")).isEqualTo(SwarmKeyEvidence.UNKNOWN);
  }

  private static String peerId(KuboDaemon daemon) throws KuboException {
    return daemon.client().id(soon()).peerId();
  }

  @Test
  void letsInWhoHasTheCredential(@TempDir Path directory) throws Exception {
    RpcCredential right = new RpcCredential.Bearer("s3cret-token");
    SwarmKey key = SwarmKey.generate(new SecureRandom());
    try (KuboDaemon daemon = KuboDaemon.start("locked", directory, key, Optional.of(right))) {
      KuboAddress address = daemon.address();
      KuboClient wrong =
          new KuboClient(
              new KuboAddress(
                  "locked",
                  address.rpc(),
                  address.gateway(),
                  new RpcCredential.Basic("longshore", "s3cret-guess")));
      SampleDag dag = new SampleDag(74);

      assertThat(daemon.client().importCar(dag.car(), soon()).blocks()).isEqualTo(dag.blockCount());
      KuboException refused = catchThrowableOfType(KuboException.class, () -> wrong.id(soon()));
      assertThat(refused.fault()).isEqualTo(Fault.UNAUTHORIZED);
      assertThat(refused).hasMessageNotContaining("s3cret");
      KuboException upload =
          catchThrowableOfType(KuboException.class, () -> wrong.importCar(dag.car(), soon()));
      assertThat(upload.fault()).isEqualTo(Fault.UNAUTHORIZED);
    }
  }
}
