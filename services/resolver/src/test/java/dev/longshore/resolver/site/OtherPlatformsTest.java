package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.Manifest;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImage.StoredManifest;
import dev.longshore.testing.RandomImageOptions;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An image of which the site's rule comes to name one platform alone: a DAG with less in it. */
class OtherPlatformsTest {
  private static final String PATH = "/v2/" + SiteBed.REPOSITORY;

  @TempDir private Path home;
  private HubTwin hub;
  private SiteBed site;
  private MirroredImage whole;
  private MirroredImage part;

  @BeforeEach
  void keepAll() throws Exception {
    hub = new HubTwin();
    site = SiteBed.joined(home, hub);
    RandomImage image =
        RandomImage.of(1, RandomImageOptions.small().withPlatforms("linux/amd64", "linux/arm64"));
    whole = MirroredImage.write(image, hub.centre);
    part = MirroredImage.write(without(image, "linux/amd64"), hub.centre);
    hub.push(SiteBed.REPOSITORY, "1.0", whole);
    site.start();
    site.awaitShown("1.0", whole);
  }

  @AfterEach
  void end() throws Exception {
    hub.close();
    site.close();
  }

  private static Descriptor entry(RandomImage image, String platform) {
    ImageIndex index = (ImageIndex) Manifest.parse(image.root().body(), image.root().mediaType());
    return index.manifests().stream()
        .filter(each -> each.platform().orElseThrow().toString().equals(platform))
        .findFirst()
        .orElseThrow();
  }

  private static Set<String> parts(RandomImage image, String platform) {
    Digest digest = entry(image, platform).digest();
    StoredManifest stored = image.manifest(digest.toString());
    Set<String> parts = new HashSet<>();
    Manifest.parse(stored.body(), stored.mediaType())
        .children()
        .forEach(each -> parts.add(each.digest().toString()));
    return parts;
  }

  private static RandomImage without(RandomImage image, String platform) {
    String gone = entry(image, platform).digest().toString();
    List<StoredManifest> manifests =
        image.manifests().stream().filter(each -> !each.digest().equals(gone)).toList();
    Map<String, byte[]> blobs = new HashMap<>(image.blobs());
    blobs.keySet().removeAll(parts(image, platform));
    return new RandomImage(image.rootDigest(), manifests, blobs);
  }

  @Test
  void itIsServedFromThereAndWhatItLacksIsNotThere() throws Exception {
    int sent = hub.sentLeaves.get();
    assertThat(part.digest()).isEqualTo(whole.digest());

    hub.push(SiteBed.REPOSITORY, "1.0", part);

    Eventually.await("it is pinned", () -> site.pinned(part));
    Eventually.await(
        "it is what is served",
        () ->
            site.catalog().conversions().recordsByDag(new ImageDag(part.dag())).size() == 1
                && site.catalog().conversions().recordsByDag(new ImageDag(whole.dag())).isEmpty());
    assertThat(hub.sentLeaves.get() - sent).as("only an index of fewer entries").isLessThan(4);
    try (RunningResolver resolver =
        RunningResolver.ofSite(home, site.catalog(), site.own, site.service().upstream(), 0)) {
      assertThat(resolver.get(PATH + "/manifests/1.0").body())
          .isEqualTo(whole.image().root().body());
      Digest arm = entry(whole.image(), "linux/arm64").digest();
      assertThat(resolver.get(PATH + "/manifests/" + arm).statusCode()).isEqualTo(200);
      for (String blob : parts(whole.image(), "linux/arm64")) {
        assertThat(resolver.get(PATH + "/blobs/" + blob).body())
            .isEqualTo(whole.image().blobs().get(blob));
      }
      Digest amd = entry(whole.image(), "linux/amd64").digest();
      assertThat(resolver.get(PATH + "/manifests/" + amd).statusCode()).isEqualTo(404);
    }
    site.awaitReport(
        "that nothing lacks", r -> "c2".equals(r.cursor()) && r.behind().images() == 0);
  }
}
