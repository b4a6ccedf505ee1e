package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.catalog.Catalog;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.config.PeerPlace;
import dev.longshore.testing.ManualClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two pinners of which one collects garbage, and the other asks it to. */
class CollectionRequestsTest {
  private static final Duration CALL = Duration.ofSeconds(2);
  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final Catalog catalog = Catalog.inMemory(clock);
  private final InMemoryIpfsNode node = new InMemorySwarm().node("a");
  private final List<String> collected = new ArrayList<>();
  private final AtomicReference<Runnable> during = new AtomicReference<>(() -> {});
  private final Cid secret = garbage("secret");

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void theOtherIsServedOnceTheFirstHasCollected() throws Exception {
    Collector first = pinner(true);
    Collector other = pinner(false);
    Peer asOther = peer("other");

    assertThat(other.collect(asOther, secret, true)).isPresent();
    assertThat(other.collect(asOther, secret, false)).as("nobody collected").isPresent();
    assertThat(node.storedBlocks()).contains(secret);

    assertThat(first.collectIfAsked(peer("first"))).isEmpty();

    assertThat(other.collect(asOther, secret, false)).isEmpty();
    assertThat(node.storedBlocks()).doesNotContain(secret);
    assertThat(collected).containsExactly("first");
    assertThat(node.pinned()).as("requests").isEmpty();
    first.collectIfAsked(peer("first"));
    assertThat(collected).as("nobody asks any more").containsExactly("first");
  }

  @Test
  void aRequestDuringACollectionWaitsForTheNext() throws Exception {
    Collector first = pinner(true);
    Collector other = pinner(false);
    during.set(() -> ask(other));
    first.collect(peer("first"));
    during.set(() -> {});

    assertThat(other.collect(peer("other"), secret, false)).isPresent();
    first.collectIfAsked(peer("first"));
    assertThat(other.collect(peer("other"), secret, false)).isEmpty();
  }

  /** As when an image is pinned and unpinned again in between. */
  @Test
  void whoAsksAnewIsNotServedByWhatWasAskedBefore() throws Exception {
    Collector first = pinner(true);
    Collector other = pinner(false);
    other.collect(peer("other"), secret, true);
    during.set(() -> ask(other));
    first.collectIfAsked(peer("first"));
    during.set(() -> {});

    assertThat(other.collect(peer("other"), secret, false)).isPresent();
  }

  @Test
  void aRequestOutlivesTheOneThatCollects() throws Exception {
    Collector other = pinner(false);
    other.collect(peer("other"), secret, true);
    during.set(
        () -> {
          throw new IllegalStateException("killed");
        });
    Collector killed = pinner(true);
    assertThatThrownBy(() -> killed.collectIfAsked(peer("first"))).hasMessage("killed");
    during.set(() -> {});
    assertThat(other.collect(peer("other"), secret, false)).isPresent();

    pinner(true).collectIfAsked(peer("second"));

    assertThat(other.collect(peer("other"), secret, false)).isEmpty();
    assertThat(node.storedBlocks()).doesNotContain(secret);
  }

  @Test
  void theOtherAsksAgainAfterItsOwnRestart() throws Exception {
    pinner(false).collect(peer("other"), secret, true);
    Collector restarted = pinner(false);

    assertThat(restarted.collect(peer("other"), secret, false)).isPresent();
    pinner(true).collectIfAsked(peer("first"));
    assertThat(restarted.collect(peer("other"), secret, false)).isEmpty();
    assertThat(node.pinned()).as("both requests went").isEmpty();
  }

  @Test
  void aPinnerThatIsFirstNoLongerBeginsNoCollection() throws Exception {
    Collector was = new Collector(catalog, PinBed.OURS, limits());
    was.heed(() -> false);

    assertThat(was.collect(peer("was"))).isPresent();
    assertThat(collected).isEmpty();
  }

  @Test
  void aPeerThatFailsIsAskedAgain() throws Exception {
    Collector other = pinner(false);
    node.trouble().failNext(1, Fault.UNREACHABLE);
    assertThatThrownBy(() -> other.collect(peer("other"), secret, true))
        .isInstanceOf(KuboException.class);

    assertThat(other.collect(peer("other"), secret, false)).isPresent();
    assertThat(node.pinned()).hasSize(1);
  }

  private void ask(Collector other) {
    try {
      other.collect(peer("other"), secret, true);
    } catch (Exception e) { // no test expects one
      throw new IllegalStateException(e);
    }
  }

  private Collector pinner(boolean isFirst) {
    Collector collector = new Collector(catalog, PinBed.OURS, limits());
    collector.heed(() -> isFirst);
    return collector;
  }

  private static PinLimits limits() {
    return new PinLimits(CALL, CALL, CALL, CALL);
  }

  /** The peer as one pinner calls it. */
  private Peer peer(String pinner) {
    IpfsNode seen =
        KeptBed.behind(
            (_, method, arguments) -> {
              if (method.getName().equals("collectGarbage")) {
                collected.add(pinner);
                Object removed = method.invoke(node, arguments);
                during.get().run();
                return removed;
              }
              return method.invoke(node, arguments);
            });
    return new Peer(
        new PeerName("a"), PeerPlace.of("default"), true, false, false, List.of(), seen);
  }

  private Cid garbage(String content) {
    Cid[] root = new Cid[1];
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    try {
      node.importCar(sink -> root[0] = UnixFsFileBuilder.build(bytes, sink).cid(), KeptBed.soon());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return root[0];
  }
}
