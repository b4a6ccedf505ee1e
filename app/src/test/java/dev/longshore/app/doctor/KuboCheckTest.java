package dev.longshore.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.kubo.Fault;
import dev.longshore.ipfs.kubo.SwarmPrivacy;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.settings.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KuboCheckTest {
  private final InMemorySwarm swarm = new InMemorySwarm();
  private final InMemoryIpfsNode node = swarm.node("peer-1");
  private final InMemoryIpfsNode stranger = swarm.node("peer-1 without a secret");
  private AnsweringServer gateway;

  @BeforeEach
  void start() throws Exception {
    gateway = new AnsweringServer(200);
    node.setAgent("kubo/0.43.1/of the test");
    stranger.trouble().failWith(Fault.UNAUTHORIZED);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private Found look(boolean mayBePublic) throws Exception {
    return look(gateway.address(), new Secret("of the test"), mayBePublic);
  }

  private Found look(URI gatewayAddress, @Nullable Secret secret, boolean mayBePublic)
      throws Exception {
    PeerSettings peer =
        new PeerSettings(
            "peer-1",
            "north",
            URI.create("http://127.0.0.1:1"),
            gatewayAddress,
            List.of(),
            secret,
            true,
            mayBePublic);
    return Found.by(new KuboCheck(peer, node, stranger, WebLook.PLAIN));
  }

  @Test
  void aNodeAsItMustBeIsFineInEveryRespect() throws Exception {
    Found found = look(false);

    assertThat(found.wrong()).isEmpty();
    assertThat(found.warnings()).isEmpty();
    assertThat(found.fine())
        .contains("Kubo 0.43.1", "a private swarm", "without our secret: refused", "its gateway");
  }

  @Test
  void aNodeThatIsAwayIsToldOnceAndItsGatewayIsStillLookedAt() throws Exception {
    node.trouble().goDown();

    Found found = look(false);

    assertThat(found.wrong().lines()).hasSize(1);
    assertThat(found.wrong()).contains("cannot be reached", "start it, or correct rpc of peer");
    assertThat(found.fine()).contains("its gateway");
  }

  @Test
  void aRefusedSecretNamesTheSettingOnBothSides() throws Exception {
    node.trouble().failWith(Fault.UNAUTHORIZED);

    assertThat(look(false).wrong()).contains("authorization-file", "API.Authorizations");
  }

  @Test
  void anRpcThatAnswersStrangersIsWrongThoughOursIsAnswered() throws Exception {
    stranger.trouble().clear();

    assertThat(look(false).wrong())
        .contains("without our secret: it answers", "set API.Authorizations on the node");
  }

  @Test
  void anRpcOnLoopbackWithoutASecretIsNotAskedAsAStranger() throws Exception {
    stranger.trouble().clear();

    assertThat(look(gateway.address(), null, false).wrong()).isEmpty();
  }

  @Test
  void aPublicNodeIsWrongUnlessThatIsMeant() throws Exception {
    node.setPrivacy(new SwarmPrivacy.Public(List.of("Routing.Type is auto: set it to none")));

    assertThat(look(false).wrong()).contains("Routing.Type is auto", "nothing is written to it");
    Found meant = look(true);
    assertThat(meant.wrong()).isEmpty();
    assertThat(meant.warnings()).contains("Routing.Type is auto", "allow-public-ipfs");
  }

  @Test
  void versionsThatAreTooOldOrWereNotTriedAreTold() throws Exception {
    node.setAgent("kubo/0.25.0/");
    assertThat(look(false).wrong()).contains("Kubo 0.25.0", "take 0.26.0 or newer");
    node.setAgent("kubo/0.39.0/");
    assertThat(look(false).warnings()).contains("Kubo 0.39.0", "take 0.43.1");
    node.setAgent("helia/4");
    assertThat(look(false).warnings()).contains("\"helia/4\"");
  }

  @Test
  void aFullNodeIsWrongAndANearlyFullOneAWarning() throws Exception {
    node.importCar(
        sink -> UnixFsFileBuilder.build(new byte[940], sink),
        Deadline.after(Duration.ofSeconds(5)));
    node.trouble().limitStorage(1000);
    assertThat(look(false).warnings()).contains("Datastore.StorageMax");
    node.trouble().limitStorage(940);
    assertThat(look(false).wrong()).contains("read how full it is", "Datastore.StorageMax");
  }

  @Test
  void aGatewayThatIsNotThereIsToldWithItsSetting() throws Exception {
    Found found = look(URI.create("http://127.0.0.1:1"), null, false);

    assertThat(found.wrong()).contains("gateway http://127.0.0.1:1", "correct gateway of peer");
  }

  @Test
  void somethingElseAtTheGatewayIsToldByItsStatus() throws Exception {
    try (AnsweringServer other = new AnsweringServer(404)) {
      assertThat(look(other.address(), null, false).wrong())
          .contains("status 404", "Addresses.Gateway");
    }
  }
}
