package dev.longshore.converter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.Mode;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.config.PeerSettings;
import dev.longshore.settings.value.ByteSize;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConverterServiceTest {
  private static final PeerSettings A = TestConverter.peerSettings("a", false);
  private static final PeerSettings B = TestConverter.peerSettings("b", false);

  @Test
  void writesToTheFirstPeerUnlessAnotherIsNamed() {
    assertThat(ConverterService.ingestPeer(List.of(A, B), TestConverter.SETTINGS)).isEqualTo(A);
    assertThat(ConverterService.ingestPeer(List.of(A, B), naming("b"))).isEqualTo(B);
  }

  @Test
  void refusesAPeerThatIsNotConfigured() {
    assertThatThrownBy(() -> ConverterService.ingestPeer(List.of(A, B), naming("c")))
        .hasMessage("ingest-peer: c (expected: one of peers, which are [a, b])");
  }

  @Test
  void refusesRulesWhoseRecipientsHaveNoKey() {
    RuleSettings rule = Modes.rule("big/**", List.of(Mode.ENCRYPTED), List.of("jwe:/none.pem"));

    assertThatThrownBy(() -> new TestConverter(TestConverter.SETTINGS, List.of(rule)))
        .hasMessageContaining("the rule for big/**")
        .hasMessageContaining("/none.pem: there is no such file");
  }

  @Test
  void refusesSettingsOutOfRange() {
    ByteSize any = ByteSize.parse("1GiB");

    assertThatThrownBy(() -> new ConverterSettings(null, 0, any, Duration.ofSeconds(1)))
        .hasMessage("concurrency: 0 (expected: 1 to 64)");
    assertThatThrownBy(() -> new ConverterSettings(null, 65, any, Duration.ofSeconds(1)))
        .hasMessage("concurrency: 65 (expected: 1 to 64)");
    assertThatThrownBy(() -> new ConverterSettings(null, 1, any, Duration.ZERO))
        .hasMessage("stall-timeout: PT0S (expected: more than 0s)");
  }

  private static ConverterSettings naming(String peer) {
    return new ConverterSettings(peer, 4, ByteSize.parse("1GiB"), Duration.ofSeconds(30));
  }
}
