package dev.longshore.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GoldenTest {
  static List<Golden> goldens() {
    return Golden.all();
  }

  static List<Golden> ofOtherReleases() {
    return Golden.ofOtherReleases();
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void aGoldenIsValidAndIsWrittenBackAsItWasRead(Golden golden) throws Exception {
    assertThat(Schemas.validate(golden.shortName(), golden.bytes())).isEmpty();

    Record read = golden.read(golden.bytes());
    byte[] written = Golden.write(read);

    assertThat(Golden.tree(written)).isEqualTo(golden.tree());
    assertThat(Golden.tree(written).toString())
        .as("fields in the order of the record")
        .isEqualTo(golden.tree().toString());
    assertThat(golden.read(written)).isEqualTo(read);
  }

  @ParameterizedTest
  @MethodSource("ofOtherReleases")
  void recordsOfOlderAndNewerReleasesAreValidAndReadable(Golden golden) throws Exception {
    assertThat(Schemas.validate(golden.shortName(), golden.bytes())).isEmpty();

    byte[] written = Golden.write(golden.read(golden.bytes()));

    assertThat(Schemas.validate(golden.shortName(), written)).isEmpty();
  }

  @Test
  void fieldsThatAreNotKnownAreIgnoredAndMissingOnesGetDefaults() throws Exception {
    Golden newer = byName("pin.v1.future-fields.json");
    Golden known = new Golden(Path.of("golden", "pin.v1.two-of-three.json"));
    assertThat(newer.read(newer.bytes())).isEqualTo(known.read(known.bytes()));

    Golden older = byName("tag.v1.without-optional-fields.json");
    TagState tag = EventJson.read(older.bytes(), TagState.class);
    assertThat(tag.tag()).isNull();
    assertThat(tag.previous()).isEmpty();

    Golden shorter = byName("observed.v1.shorter-request.json");
    assertThat(EventJson.read(shorter.bytes(), Observed.class).request())
        .isEqualTo(new ConversionRequest(List.of("plain"), List.of(), List.of()));

    Golden before = byName("blob.v1.made-without-result.json");
    assertThat(EventJson.read(before.bytes(), BlobState.class).made()).isNull();
    Golden later = byName("image.v1.future-fields.json");
    Golden now = new Golden(Path.of("golden", "image.v1.estargz.json"));
    assertThat(later.read(later.bytes())).isEqualTo(now.read(now.bytes()));
  }

  @Test
  void everyTypeHasAGolden() {
    List<String> names =
        Arrays.stream(EventType.values()).map(t -> t.name().toLowerCase(Locale.ROOT)).toList();

    assertThat(Golden.all()).extracting(Golden::shortName).containsAll(names);
  }

  private static Golden byName(String file) {
    return Golden.ofOtherReleases().stream()
        .filter(g -> g.toString().equals(file))
        .findFirst()
        .orElseThrow();
  }
}
