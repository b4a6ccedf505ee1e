package dev.longshore.resolver.hub;

import static dev.longshore.resolver.hub.LagBed.APP;
import static dev.longshore.resolver.hub.RunningHub.group;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.ImageState;
import dev.longshore.events.SiteState.Amount;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.ModeName;
import dev.longshore.model.PeerName;
import dev.longshore.model.Recipe;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import dev.longshore.resolver.hub.settings.SiteRuleSettings;
import dev.longshore.resolver.testing.States;
import dev.longshore.rules.TagSettings;
import dev.longshore.sites.Keep;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a site has not heard of yet, where its rule names platforms. */
class ExpectedBytesTest {
  private static final long BYTES = 4_000;

  private final LagBed bed =
      new LagBed(
          group(
              "boxes",
              new SiteRuleSettings(
                  List.of("registry.test/shop/*"),
                  TagSettings.ALL,
                  null,
                  List.of(),
                  Keep.EVERY_NODE,
                  0,
                  null,
                  List.of("linux/arm64"))));

  @AfterEach
  void close() {
    bed.close();
  }

  private void show(String... platforms) {
    Cid cid = Cid.dagPb(new byte[32]);
    ImageState image =
        new ImageState(
            Digest.of(new byte[1]),
            new Recipe("plain"),
            new ModeName("plain"),
            "application/vnd.oci.image.index.v1+json",
            new ImageDag(cid),
            new RootCid(cid),
            cid,
            List.of(platforms),
            3,
            BYTES,
            List.of(),
            new PeerName("ingest"),
            RepositoryName.canonical(APP),
            States.AT);
    bed.put(image, RunningHub.served(APP, "1", bed.now(), image));
    bed.site("north", "boxes");
    bed.report("north", "", LagBed.Said.ALL_THERE);
  }

  private Amount unheard() {
    return bed.lag("north").worst().orElseThrow().unheard();
  }

  @Test
  void countsWithTheShareOfThese() {
    show("linux/amd64", "linux/arm64", "linux/arm/v7", "linux/s390x");

    assertThat(unheard()).isEqualTo(new Amount(1, BYTES / 4));
  }

  @Test
  void anImageOfOnePlatformCountsWhole() {
    show("linux/amd64");

    assertThat(unheard()).isEqualTo(new Amount(1, BYTES));
  }

  @Test
  void anAttestationIsNoPlatform() {
    show("linux/arm64", "linux/amd64", "unknown/unknown");

    assertThat(unheard()).isEqualTo(new Amount(1, BYTES / 2));
  }
}
