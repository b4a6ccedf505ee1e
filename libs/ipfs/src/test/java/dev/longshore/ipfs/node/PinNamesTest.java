package dev.longshore.ipfs.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Digest;
import dev.longshore.model.InstallationName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PinNamesTest {
  private static final String OURS = PinNames.prefix(new InstallationName("default"));
  private static final String HEX = "0a".repeat(32);

  @ParameterizedTest
  @ValueSource(strings = {"longshore:default:", "longshore:"})
  void theNameOfAConversionsPinSaysWhatItWasMadeOf(String prefix) {
    assertThat(PinNames.source(OURS, prefix + "sha256:" + HEX + "/5c6e"))
        .contains(Digest.sha256(HEX));
  }

  @Test
  void whatIsMadeIsRead() {
    Digest source = Digest.parse("sha512:" + HEX + HEX);
    assertThat(PinNames.source(OURS, PinNames.converted(OURS, source) + "recipe")).contains(source);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "longshore:other:sha256:"
            + "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a/1b",
        "longshore:default:sha256:0a/1b",
        "longshore:default:copy",
        "longshore:default:site:one",
        "sha256:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a/1b",
        ""
      })
  void othersSayNothing(String name) {
    assertThat(PinNames.source(OURS, name)).isEmpty();
  }
}
