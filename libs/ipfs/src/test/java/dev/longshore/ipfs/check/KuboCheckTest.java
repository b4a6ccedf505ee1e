package dev.longshore.ipfs.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.SwarmPrivacy;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.check.testing.Found;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KuboCheckTest {
  private final InMemorySwarm swarm = new InMemorySwarm();
  private final InMemoryIpfsNode node = swarm.node("peer-1");
  private final InMemoryIpfsNode stranger = swarm.node("peer-1 without a secret");

  @BeforeEach
  void start() {
    node.setAgent("kubo/0.43.1/of the test");
    stranger.trouble().failWith(Fault.UNAUTHORIZED);
  }

  private Found look(boolean mayBePublic) throws Exception {
    return look(stranger, mayBePublic);
  }

  private Found look(@Nullable IpfsNode asStranger, boolean mayBePublic) throws Exception {
    return Found.by(new KuboCheck(node, URI.create("http://127.0.0.1:1"), asStranger, mayBePublic));
  }

  @Test
  void aNodeAsItMustBeIsFineInEveryRespect() throws Exception {
    Found found = look(false);

    assertThat(found.wrong()).isEmpty();
    assertThat(found.warnings()).isEmpty();
    assertThat(found.fine())
        .contains("Kubo 0.43.1", "a private swarm", "without our secret: refused");
  }

  @Test
  void aNodeThatIsAwayIsToldOnce() throws Exception {
    node.trouble().goDown();

    Found found = look(false);

    assertThat(found.wrong().lines()).hasSize(1);
    assertThat(found.wrong()).contains("cannot be reached", "start it, or correct rpc of peer");
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

    assertThat(look(null, false).wrong()).isEmpty();
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
}
