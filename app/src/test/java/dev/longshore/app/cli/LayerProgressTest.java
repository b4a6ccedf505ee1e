package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.converter.image.RequestedLayers;
import dev.longshore.events.BlobState;
import dev.longshore.events.Topic;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.PeerName;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LayerProgressTest {
  private static final Instant AT = Instant.parse("2026-01-01T12:00:00Z");
  private static final String ONE = "sha256:" + "1".repeat(64);
  private static final String TWO = "sha256:" + "2".repeat(64);
  private static final String LAZY = "estargz/key";

  private final Catalog catalog = Catalog.inMemory(Clock.systemUTC());
  private final List<String> told = new ArrayList<>();
  private long offset;

  private void arrives(String digest, String transform, long size, @Nullable Long tookMillis) {
    BlobState blob =
        new BlobState(
            Digest.stored(digest),
            transform,
            Cid.stored("bafy" + offset),
            size,
            size,
            1,
            new PeerName("a"),
            AT,
            null,
            tookMillis,
            null);
    catalog
        .writer()
        .apply(List.of(new CatalogRecord(Topic.of(blob), 0, offset++, AT, blob.key(), blob)));
  }

  private LayerProgress progress(RequestedLayers... modes) {
    return progress(AT.plusSeconds(1), modes);
  }

  private LayerProgress progress(Instant asked, RequestedLayers... modes) {
    return new LayerProgress(catalog, List.of(modes), asked, told::add);
  }

  private static RequestedLayers mode(String mode, String transform) {
    return new RequestedLayers(
        mode,
        List.of(
            new RequestedLayers.Layer(Digest.stored(ONE), 45_200_000, transform),
            new RequestedLayers.Layer(Digest.stored(TWO), 1_000, transform)));
  }

  @Test
  void whatIsToComeIsToldFirst() {
    progress(mode("estargz", LAZY)).begin();

    assertThat(told).containsExactly("estargz: 2 layers, 45.2 MB");
  }

  @Test
  void eachLayerIsToldOfOnceItIsThereWithBytesAndRate() {
    LayerProgress progress = progress(mode("estargz", LAZY));
    progress.look();
    assertThat(told).isEmpty();

    arrives(ONE, LAZY, 44_100_000, 1_400L);
    progress.look();
    progress.look();

    assertThat(told)
        .containsExactly("layer 1/2 sha256:111111111111… 45.2 MB -> 44.1 MB estargz, 32.3 MB/s");
  }

  @Test
  void whatWasThereBeforeThePushIsSaidToBe() {
    arrives(TWO, LAZY, 900, 10L);
    LayerProgress progress = progress(mode("estargz", LAZY));

    progress.look();

    assertThat(told)
        .containsExactly("layer 2/2 sha256:222222222222… 1.0 kB -> 900 B estargz, already there");
  }

  @Test
  void whatCameBetweenThePushAndTheFirstLookWasNotThereBefore() {
    arrives(TWO, LAZY, 900, 10L);
    LayerProgress progress = progress(AT, mode("estargz", LAZY));

    progress.look();

    assertThat(told)
        .containsExactly("layer 2/2 sha256:222222222222… 1.0 kB -> 900 B estargz, 100.0 kB/s");
  }

  @Test
  void aLayerOfAnotherModeIsNotTakenForIt() {
    LayerProgress progress = progress(mode("estargz", LAZY), mode("plain", BlobState.NONE));

    arrives(ONE, BlobState.NONE, 45_200_000, 500L);
    progress.look();

    assertThat(told).containsExactly("layer 1/2 sha256:111111111111… 45.2 MB plain, 90.4 MB/s");
  }

  @Test
  void noRateIsMadeUpForTheRecordOfAnOlderConverter() {
    LayerProgress progress = progress(mode("plain", BlobState.NONE));

    arrives(TWO, BlobState.NONE, 1_000, null);
    progress.look();

    assertThat(told).containsExactly("layer 2/2 sha256:222222222222… 1.0 kB plain");
  }
}
