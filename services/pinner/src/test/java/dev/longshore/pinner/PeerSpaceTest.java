package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.config.PeerPlace;
import dev.longshore.settings.value.ByteSize;
import dev.longshore.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PeerSpaceTest {
  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final InMemoryIpfsNode node = new InMemorySwarm().node("a");
  private final PeerSpace room = new PeerSpace(Duration.ofSeconds(1), clock);

  @Test
  void whatTheNodeIsToStoreAtMostIsALimitToo() throws Exception {
    node.trouble().setStorageMax(400);

    assertThat(room.fits(peer(null), 400)).isTrue();
    assertThat(room.fits(peer(null), 401)).isFalse();
    assertThat(room.objection(peer(null), 401)).contains("Datastore.StorageMax of 400B");
    assertThat(room.fits(peer(new ByteSize(500)), 401)).isFalse();
    assertThat(room.fits(peer(new ByteSize(300)), 301)).isFalse();
    assertThat(room.objection(peer(new ByteSize(300)), 301)).contains("capacity of 300B");
  }

  @Test
  void aNodeThatHasMoreThanItIsToStoreDoesNotKeepToThat() throws Exception {
    node.importCar(sink -> UnixFsFileBuilder.build(new byte[300], sink), KeptBed.soon());
    node.trouble().setStorageMax(200);

    assertThat(room.fits(peer(null), 1_000)).isTrue();
    assertThat(room.fits(peer(new ByteSize(500)), 1_000)).isFalse();
  }

  @Test
  void theCapacityIsALimit() throws Exception {
    assertThat(room.fits(peer(new ByteSize(500)), 501)).isFalse();
    assertThat(room.fits(peer(new ByteSize(500)), 500)).isTrue();
  }

  @Test
  void aClockThatIsSetBackKeepsNoOldAnswer() throws Exception {
    Peer peer = peer(new ByteSize(500));
    room.take(peer, 300);
    room.release(peer, 300);
    clock.advance(Duration.ofHours(-1));

    assertThat(room.fits(peer, 300)).as("nothing came").isTrue();
  }

  @Test
  void copiesUnderWayAndThoseThatEndedLatelyHaveTheirBytes() throws Exception {
    Peer peer = peer(new ByteSize(500));
    assertThat(room.take(peer, 300)).isTrue();
    assertThat(room.take(peer, 300)).as("beside the first").isFalse();

    room.release(peer, 300);
    assertThat(room.take(peer, 300)).as("the peer did not say yet what came").isFalse();
    clock.advance(PeerSpace.BELIEVED);
    assertThat(room.take(peer, 300)).as("nothing came").isTrue();
  }

  @Test
  void aPeerThatDoesNotSayIsSentTheCopyAndNotAskedByEach() throws Exception {
    node.importCar(sink -> UnixFsFileBuilder.build(new byte[300], sink), KeptBed.soon());
    node.trouble().failNext(1, Fault.UNAUTHORIZED);

    assertThat(room.fits(peer(new ByteSize(500)), 400)).isTrue();
    assertThat(room.fits(peer(new ByteSize(500)), 400)).as("not asked again").isTrue();
    clock.advance(PeerSpace.BELIEVED);
    assertThat(room.fits(peer(new ByteSize(500)), 400)).isFalse();
  }

  private Peer peer(@Nullable ByteSize capacity) {
    return new Peer(
        new PeerName("a"),
        new PeerPlace("zone", List.of(), 1, capacity),
        true,
        false,
        false,
        List.of(),
        node);
  }
}
