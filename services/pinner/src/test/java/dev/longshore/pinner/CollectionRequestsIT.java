package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.hold.HoldName;
import dev.longshore.ipfs.hold.HoldNode;
import dev.longshore.ipfs.kubo.KuboClient;
import dev.longshore.ipfs.node.HeldImport;
import dev.longshore.ipfs.testing.SharedKubos;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.config.PeerPlace;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A real peer, with a request of a pinner and what a killed conversion held. */
@Timeout(120)
class CollectionRequestsIT {
  private static final Duration CALL = Duration.ofSeconds(20);

  @RegisterExtension static final SharedKubos KUBOS = new SharedKubos(1);

  @Test
  void oneCollectionServesThemAndTakesWhatWasHeld() throws Exception {
    KuboClient kubo = KUBOS.get(0).client();
    Instant now = Instant.now();
    Digest image = Digest.of(bytes("an image"));
    Cid garbage = garbage(kubo, "a secret");
    Cid held = hold(kubo, image, now, "a layer");
    Cid others = hold(kubo, Digest.of(bytes("another image")), now, "another layer");
    try (Catalog catalog = Catalog.inMemory(Clock.systemUTC())) {
      DecisionState decision =
          DecisionState.of(
              "forget", new Decision.Forget("it", List.of(image)), "ann", "why", now, null);
      catalog
          .writer()
          .apply(List.of(new CatalogRecord(Topic.DECISIONS, 0, 1, now, decision.key(), decision)));
      Collector first = pinner(catalog, true);
      Collector other = pinner(catalog, false);
      Peer peer =
          new Peer(new PeerName("a"), PeerPlace.of("default"), true, false, false, List.of(), kubo);

      assertThat(other.collect(peer, garbage, true)).isPresent();
      assertThat(first.holdsForgotten(peer)).isTrue();
      assertThat(kubo.holds(garbage, soon())).isTrue();
      assertThat(first.collectIfAsked(peer)).isEmpty();

      assertThat(other.collect(peer, garbage, false)).isEmpty();
      assertThat(kubo.holds(garbage, soon())).isFalse();
      assertThat(kubo.holds(held, soon())).isFalse();
      assertThat(kubo.holds(others, soon())).isTrue();
      assertThat(first.holdsForgotten(peer)).isFalse();
    }
  }

  private static Collector pinner(Catalog catalog, boolean isFirst) {
    Collector collector =
        new Collector(catalog, PinBed.OURS, new PinLimits(CALL, CALL, CALL, CALL));
    collector.heed(() -> isFirst);
    return collector;
  }

  private static Cid garbage(KuboClient kubo, String content) throws Exception {
    Cid[] root = new Cid[1];
    kubo.importCar(sink -> root[0] = UnixFsFileBuilder.build(bytes(content), sink).cid(), soon());
    return root[0];
  }

  private static Cid hold(KuboClient kubo, Digest image, Instant now, String content)
      throws Exception {
    byte[] bytes = bytes(content);
    Cid leaf = Cid.raw(HexFormat.of().parseHex(Digest.of(bytes).hex()));
    HoldName name = HoldName.of(PinBed.OURS, now.plus(Duration.ofDays(1)), "5c-1", image);
    Block node = HoldNode.of(name.text(), List.of(leaf));
    try (HeldImport held = kubo.importHeld(soon(), CALL)) {
      held.put(leaf, bytes, 0, bytes.length);
      held.hold(node);
    }
    return leaf;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Deadline soon() {
    return Deadline.after(CALL);
  }
}
