package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.CopiesState;
import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.Topic;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.PeerName;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** Decisions to forget images of three peers, and what becomes of their copies. */
final class ForgetBed {
  private ForgetBed() {}

  static KeptBed bed() {
    KeptBed bed = new KeptBed("a", "b", "c");
    bed.knowsImages = true;
    return bed;
  }

  static DecisionState forget(KeptBed bed, String content) {
    DecisionState decision = forgetting(bed, content);
    decide(bed, decision);
    return decision;
  }

  static DecisionState forgetting(KeptBed bed, String content) {
    Digest digest = Digest.stored(Sha256.digest(bytes(content)));
    return DecisionState.of(
        "forget-" + content,
        new Decision.Forget(content, List.of(digest, Digest.sha256("0".repeat(64)))),
        "ann",
        "it had a password",
        bed.clock.instant(),
        null);
  }

  static DecisionState undone(DecisionState decision, KeptBed bed) {
    return decision.undone(new DecisionState.Undone("ann", "it was another", bed.clock.instant()));
  }

  static void decide(KeptBed bed, DecisionState decision) {
    bed.learn(Topic.DECISIONS, decision);
  }

  static byte[] bytes(String content) {
    return content.getBytes(StandardCharsets.UTF_8);
  }

  static PinPhase phase(KeptBed bed, Cid dag) {
    PinState pin = bed.catalog.pins().of(new ImageDag(dag)).orElseThrow();
    return PinRecord.phase(pin);
  }

  static CopiesState.Copy copy(KeptBed bed, Cid dag, String peer) {
    return bed.catalog.copies().of(new ImageDag(dag)).copies().stream()
        .filter(copy -> copy.peer().equals(new PeerName(peer)))
        .findFirst()
        .orElseThrow();
  }

  static void awaitGone(KeptBed bed, Cid dag) {
    Eventually.await(dag + " gone", () -> phase(bed, dag) == PinPhase.GONE);
    assertThat(Stream.of("a", "b", "c")).allMatch(peer -> isGone(bed, peer, dag));
    assertThat(bed.ingest.storedBlocks()).doesNotContain(dag);
  }

  static boolean isGone(KeptBed bed, String peer, Cid dag) {
    return !bed.node(peer).pinned().containsKey(dag)
        && !bed.node(peer).storedBlocks().contains(dag);
  }
}
