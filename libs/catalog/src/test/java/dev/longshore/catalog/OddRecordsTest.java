package dev.longshore.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.BlobState;
import dev.longshore.events.EventJson;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Records with values that no release writes any more are kept and found like any others. */
class OddRecordsTest {
  private static final Path GOLDEN = Path.of("..", "..", "schemas", "golden", "odd");

  private static final Map<String, Class<? extends State>> CLASSES =
      Map.of(
          "tag", TagState.class,
          "image", ImageState.class,
          "blob", BlobState.class,
          "pin", PinState.class);

  static List<State> states() throws Exception {
    List<State> states = new ArrayList<>();
    for (Map.Entry<String, Class<? extends State>> each : CLASSES.entrySet()) {
      try (DirectoryStream<Path> files =
          Files.newDirectoryStream(GOLDEN, each.getKey() + ".*.json")) {
        for (Path file : files) {
          states.add(EventJson.read(Files.readAllBytes(file), each.getValue()));
        }
      }
    }
    assertThat(states).hasSizeGreaterThan(10);
    return states;
  }

  @ParameterizedTest
  @MethodSource("states")
  void eachIsFoundByItsKeyAndByWhatItHolds(State state) throws IOException {
    try (Catalog catalog = Catalog.inMemory(Clock.systemUTC())) {
      catalog
          .writer()
          .apply(
              List.of(new CatalogRecord(Topic.of(state), 0, 0, Instant.EPOCH, state.key(), state)));

      switch (state) {
        case TagState tag -> {
          assertThat(catalog.tags().byKey(tag.key())).contains(tag);
          assertThat(catalog.tags().withDigest(tag.digest())).containsExactly(tag);
          tag.previous()
              .forEach(d -> assertThat(catalog.tags().withDigest(d)).containsExactly(tag));
          assertThat(catalog.repositories().exists(tag.name())).isNotEqualTo(tag.deleted());
        }
        case ImageState image -> {
          assertThat(catalog.conversions().ofDigest(image.digest()).isEmpty())
              .isEqualTo(catalog.conversions().byDag(image.imageDag()).isEmpty());
          assertThat(catalog.conversions().recordsByDag(image.imageDag())).containsExactly(image);
          assertThat(catalog.conversions().firstByDag(image.imageDag())).contains(image);
          assertThat(catalog.conversions().forRepository(image.name(), image.digest()))
              .containsExactly(image);
        }
        case BlobState blob ->
            assertThat(catalog.conversions().blob(blob.digest(), blob.transform())).contains(blob);
        case PinState pin -> assertThat(catalog.pins().of(pin.imageDag())).contains(pin);
        default -> throw new AssertionError("no class of those above: " + state);
      }
    }
  }
}
