package dev.longshore.app.cli;

import static dev.longshore.app.cli.PlanBed.ALL_COPIES;
import static dev.longshore.app.cli.PlanBed.GB;
import static dev.longshore.app.cli.PlanBed.layer;
import static dev.longshore.app.cli.PlanBed.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.BlobState;
import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.model.Cid;
import dev.longshore.model.PeerName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backfill is planned only where every peer has room for what it would get. */
class PlannedRoomTest {
  private static final String TWO_COPIES = "  - {match: \"**\", copies: 2}";

  @TempDir Path folder;
  private PlanBed bed;

  @BeforeEach
  void open() throws Exception {
    bed = new PlanBed(folder);
    bed.configure(ALL_COPIES);
    bed.room(100 * GB);
  }

  @AfterEach
  void close() {
    bed.close();
  }

  @Test
  void refusesWhatDoesNotFitAndSaysWhoLacksWhat() throws Exception {
    long manifests = bed.pushTwo();
    bed.recorded("b", 8 * GB, 10 * GB);

    JsonNode plan = bed.json(3);

    long lacks = GB + 2_000 + manifests;
    assertThat(plan.get("fits").asBoolean()).isFalse();
    assertThat(plan.at("/peers/1/reserve").asLong()).as("collect-below").isEqualTo(GB);
    assertThat(plan.at("/peers/1/lacks").asLong()).isEqualTo(lacks);
    assertThat(plan.at("/peers/0/lacks").asLong()).isZero();

    assertThat(bed.run()).isEqualTo(3);
    assertThat(bed.out())
        .contains("it does not fit: b lacks 1.0 GB (%d bytes); give these peers".formatted(lacks));
  }

  @Test
  void fitsToTheByte() throws Exception {
    long manifests = bed.pushTwo();
    long needed = 8 * GB + 2_000 + manifests;
    bed.room(needed);

    assertThat(bed.run()).as(bed.out()).isZero();
    assertThat(bed.out()).endsWith("it fits\n");

    bed.recorded("c", needed - 1, 0);
    assertThat(bed.run()).isEqualTo(3);
    assertThat(bed.out()).contains("c lacks 1 B (1 bytes)");
  }

  /** Somebody who plans again after the first half came. */
  @Test
  void whatAPeerHasAlreadyNeedsNoRoomThere() throws Exception {
    long manifests = bed.pushTwo();
    Cid base = Cid.dagPb(new byte[32]);
    bed.put(blob("base", base, 5 * GB));
    bed.room(3 * GB + 2_000 + manifests);
    assertThat(bed.run()).as("nobody can be asked").isEqualTo(3);
    assertThat(bed.out()).contains("a lacks 5.0 GB", "5.0 GB of it may be there already");
    bed.holding.put("a", Set.of(base));
    bed.holding.put("b", Set.of(base));
    bed.holding.put("c", Set.of());
    JsonNode plan = bed.json(3);
    assertThat(plan.at("/peers/0/hereBytes").asLong()).isEqualTo(5 * GB);
    assertThat(plan.at("/peers/0/lacks").asLong()).isZero();
    assertThat(plan.at("/peers/1/lacks").asLong()).isZero();
    assertThat(plan.at("/peers/2/lacks").asLong()).isEqualTo(5 * GB);
    bed.holding.put("c", Set.of(base));
    assertThat(bed.run()).as(bed.out()).isZero();
    assertThat(bed.out()).contains("(5.0 GB of it is there already)", "it fits");
  }

  private static BlobState blob(String layer, Cid file, long size) {
    return new BlobState(
        PlanBed.digest(layer), BlobState.NONE, file, size, size, 1, new PeerName("a"), Samples.NOW);
  }

  /** One that hangs would be waited for a hundred times. */
  @Test
  void aPeerThatDoesNotAnswerIsNotAskedForEachFile() throws Exception {
    int files = 100;
    List<String> layers = new ArrayList<>();
    for (int i = 0; i < files; i++) {
      layers.add(layer("layer" + i, 1_000_000));
      bed.put(blob("layer" + i, Cid.dagPb(Arrays.copyOf(new byte[] {(byte) i}, 32)), 1_000_000));
    }
    bed.push("team/app", "1", manifest("c1", layers.toArray(String[]::new)));
    bed.room(1_000);

    assertThat(bed.run()).isEqualTo(3);

    assertThat(bed.questions.get()).as("of three peers").isBetween(3, 3 * 16);
  }

  @Test
  void aPeerWhoseRoomNobodyKnowsIsNotTakenToHaveAny() throws Exception {
    bed.pushTwo();
    bed.recorded("a", null, 0);

    assertThat(bed.run()).isEqualTo(3);
    assertThat(bed.out()).contains("nobody knows what a has room for; set capacity");
  }

  @Test
  void aPeerThatGetsNothingNowLeavesImagesShort() throws Exception {
    bed.pushTwo();
    bed.put(
        DecisionState.of(
            "hold-1",
            new Decision.Hold(new PeerName("c"), null),
            "ann",
            "a disk",
            Samples.NOW,
            null));

    assertThat(bed.run()).isEqualTo(3);
    assertThat(bed.out())
        .contains("c         gets none: it is on hold")
        .contains("2 images have too few peers for their copies");
  }

  @Test
  void aPeerGetsWhatThePlacementGivesIt() throws Exception {
    bed.configure(TWO_COPIES, "a", "b", "c", "d", "e");
    for (String peer : List.of("d", "e")) {
      bed.recorded(peer, 100 * GB, 0);
    }
    for (int i = 0; i < 40; i++) {
      bed.push("team/app", "v" + i, manifest("c" + i, layer("own" + i, 1_000_000)));
    }

    JsonNode plan = bed.json(0);

    assertThat(plan.at("/peers/0/copies").asLong())
        .as("what is written there first stays there")
        .isEqualTo(40);
    long others = 0;
    for (int i = 1; i < 5; i++) {
      long copies = plan.at("/peers/" + i + "/copies").asLong();
      assertThat(copies).isBetween(2L, 20L);
      others += copies;
    }
    assertThat(others).isEqualTo(40);
  }

  /** Which of them has an image first is decided when it comes. */
  @Test
  void noPeerGetsAllCopiesWhereSeveralTakeImagesIn() throws Exception {
    bed.configure("  - {match: \"**\", copies: 1}\nconverter: {ingest-peers: [b, c]}");
    for (int i = 0; i < 40; i++) {
      bed.push("team/app", "v" + i, manifest("c" + i, layer("own" + i, 1_000_000)));
    }

    JsonNode plan = bed.json(0);

    assertThat(plan.get("peers"))
        .allSatisfy(peer -> assertThat(peer.get("copies").asLong()).isBetween(2L, 30L));
  }

  @Test
  void eachOfManyPeersCountsForItself() throws Exception {
    long manifests = bed.pushTwo();
    String[] peers = IntStream.range(0, 130).mapToObj(i -> "p" + i).toArray(String[]::new);
    bed.configure("  - {match: \"**\", copies: 130}", peers);
    for (String peer : peers) {
      bed.recorded(peer, 100 * GB, 0);
    }

    JsonNode plan = bed.json(0);

    assertThat(plan.get("peers")).hasSize(130);
    assertThat(plan.get("peers"))
        .allSatisfy(
            peer -> assertThat(peer.get("bytes").asLong()).isEqualTo(8 * GB + 2_000 + manifests));
  }
}
