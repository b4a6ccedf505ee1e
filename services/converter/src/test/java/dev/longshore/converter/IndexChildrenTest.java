package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.ImageState;
import dev.longshore.model.Mode;
import dev.longshore.oci.Descriptor;
import dev.longshore.rules.RuleSettings;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the record of an index says of the manifests that it names. */
@Timeout(60)
class IndexChildrenTest {
  @Test
  void namesThemAllAtEveryLevelAlsoThoseForPlatformsThatNobodyWants() throws Exception {
    var converter =
        new TestConverter(
            TestConverter.SETTINGS,
            List.of(
                new RuleSettings("**", List.of(Mode.PLAIN), List.of("linux/amd64"), 3, 1, null)));
    var uploads = new Uploads(converter.registry, APP);
    Descriptor wanted = Uploads.on("linux/amd64", uploads.image(uploads.layer(1, 10)));
    Descriptor other = Uploads.on("linux/arm64", uploads.image(uploads.layer(2, 10)));
    Descriptor inner = uploads.index(wanted);
    Descriptor index = uploads.index(inner, other);

    converter.handle(observed(APP, "1", index));

    ImageState recorded = converter.catalog.conversions().ofDigest(index.digest()).getFirst();
    assertThat(recorded.children())
        .containsExactlyInAnyOrder(inner.digest(), wanted.digest(), other.digest());
    assertThat(recorded.platforms()).containsExactly("linux/amd64");
  }

  @Test
  void aManifestNamesNone() throws Exception {
    var converter = new TestConverter();
    var uploads = new Uploads(converter.registry, APP);
    Descriptor image = uploads.image(uploads.layer(1, 10));

    converter.handle(observed(APP, "1", image));

    assertThat(converter.catalog.conversions().ofDigest(image.digest()).getFirst().children())
        .isNull();
  }
}
