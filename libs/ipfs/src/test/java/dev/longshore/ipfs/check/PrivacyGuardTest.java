package dev.longshore.ipfs.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.node.SwarmPrivacy;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrivacyGuardTest {
  private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));
  private final InMemoryIpfsNode node = new InMemorySwarm().node("a");
  private final PrivacyGuard guard = new PrivacyGuard(Duration.ofSeconds(5), clock);

  private void open() {
    node.setPrivacy(new SwarmPrivacy.Public(List.of("Routing.Type is auto: set it to none")));
  }

  @Test
  void anObjectionIsWhatTheDoctorSaysOfTheNode() throws Exception {
    open();

    assertThat(guard.objection(node, false))
        .contains(
            "kubo a: look whether strangers can reach it: Routing.Type is auto: set it to none; do"
                + " what is said there and restart the node; nothing is written to it until then"
                + " (allow-public-ipfs of the peer is off)");
    assertThat(guard.objection(node, true)).isEmpty();
  }

  @Test
  void aNodeIsAskedAgainOnceItMayHaveComeBackAsAnother() throws Exception {
    assertThat(guard.objection(node, false)).isEmpty();
    open();
    assertThat(guard.objection(node, false)).isEmpty();

    clock.advance(PrivacyGuard.TRUSTED);
    assertThat(guard.objection(node, false)).isPresent();
  }

  @Test
  void aNodeWhoseCallFailedIsAskedAtOnce() throws Exception {
    guard.objection(node, false);
    open();

    guard.forget(node);

    assertThat(guard.objection(node, false)).isPresent();
  }

  @Test
  void aClockThatIsSetBackMakesNobodyTrustedForLonger() throws Exception {
    guard.objection(node, false);
    open();

    clock.advance(Duration.ofHours(-1));

    assertThat(guard.objection(node, false)).isPresent();
  }
}
