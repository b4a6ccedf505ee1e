package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.ConversionRequest;
import dev.longshore.oci.Descriptor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RootCidTest {
  /** Without the one of 46 MB, which RootCidIT checks. */
  static Stream<SampleImage> images() {
    return SampleImage.all().stream().filter(image -> !image.name().equals("layer-of-175-leaves"));
  }

  @ParameterizedTest
  @MethodSource("images")
  void isTheReleasedOne(SampleImage image) throws Exception {
    var converter = new TestConverter();
    Descriptor top = image.push(converter.registry, APP);
    var request = new ConversionRequest(List.of(), image.platforms(), List.of());

    converter.handle(observed(APP, "1", top, request));

    assertThat(converter.announced().getFirst().root()).hasToString(image.root());
  }
}
