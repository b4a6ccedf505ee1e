package dev.longshore.ipfs.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Digest;
import dev.longshore.model.InstallationName;
import java.util.Set;
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

  @Test
  void theNameOfACopySaysWhatItWasMadeOfIfThatIsOneImage() {
    Digest one = Digest.sha256(HEX);
    Digest other = Digest.sha256("0b".repeat(32));
    assertThat(PinNames.source(OURS, PinNames.copy(OURS, Set.of(one)))).contains(one);
    assertThat(PinNames.source(OURS, PinNames.copy(OURS, Set.of(one, other)))).isEmpty();
    assertThat(PinNames.copy(OURS, Set.of())).isEqualTo("longshore:default:copy");
    assertThat(PinNames.isCopy(OURS, PinNames.copy(OURS, Set.of(one)))).isTrue();
    assertThat(PinNames.isCopy(OURS, "longshore:default:copy")).isTrue();
    assertThat(PinNames.mayBecome("longshore:copy", PinNames.copy(OURS, Set.of(one)))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "longshore:other:sha256:"
            + "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a/1b",
        "longshore:default:sha256:0a/1b",
        "longshore:default:copy",
        "longshore:other:copy:sha256:"
            + "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a",
        "longshore:default:site:one",
        "sha256:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a/1b",
        ""
      })
  void othersSayNothing(String name) {
    assertThat(PinNames.source(OURS, name)).isEmpty();
  }
}
