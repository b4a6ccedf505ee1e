package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.Converted;
import dev.longshore.events.ImageState;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.model.PeerName;
import java.util.List;
import org.junit.jupiter.api.Test;

class PinSourcesTest {
  private static final Digest SECRET = Samples.digest(1);
  private static final Digest OWN = Samples.digest(2);
  private static final Digest OTHER = Samples.digest(3);

  @Test
  void aPlainImageGoesByWhatItWasMadeOf() {
    assertThat(PinSources.of(List.of(made(Mode.PLAIN, SECRET)))).containsExactly(SECRET);
    assertThat(PinSources.of(List.of(), announced(Mode.PLAIN, SECRET))).containsExactly(SECRET);
  }

  @Test
  void anEncryptedOneGoesByItsOwnDigest() {
    List<ImageState> images = List.of(made(Mode.ENCRYPTED, SECRET).servedAs(OWN));

    assertThat(PinSources.of(images)).containsExactly(OWN);
    assertThat(PinSources.of(images, announced(Mode.ENCRYPTED, SECRET))).containsExactly(OWN);
  }

  @Test
  void anEncryptedOneWhoseOwnDigestIsNotKnownHasNone() {
    assertThat(PinSources.of(List.of(), announced(Mode.ENCRYPTED, SECRET))).isEmpty();
    assertThat(PinSources.of(List.of(made(Mode.ENCRYPTED, SECRET), made(Mode.PLAIN, OTHER))))
        .as("a name that left one out would let the image go with the other")
        .isEmpty();
  }

  @Test
  void allSourcesOfAnImageAreNamed() {
    List<ImageState> images = List.of(made(Mode.PLAIN, SECRET));

    assertThat(PinSources.of(images, announced(Mode.PLAIN, OTHER))).containsOnly(SECRET, OTHER);
  }

  private static ImageState made(Mode mode, Digest source) {
    return new ImageState(
        source,
        Samples.recipe(),
        ModeName.of(mode),
        "application/vnd.oci.image.manifest.v1+json",
        Samples.dag(1),
        Samples.root(1),
        Cid.stored("bafydag1"),
        List.of(),
        1,
        1,
        List.of(),
        new PeerName("ingest"),
        Samples.name("library/nginx"),
        Samples.NOW);
  }

  private static Converted announced(Mode mode, Digest source) {
    return new Converted(
        Samples.dag(1),
        Samples.root(1),
        source,
        Samples.recipe(),
        ModeName.of(mode),
        Samples.name("library/nginx"),
        null,
        new PeerName("ingest"),
        1,
        3,
        Samples.NOW);
  }
}
