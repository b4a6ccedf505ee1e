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
    assertThat(ConverterService.ingestPeers(List.of(A, B), TestConverter.SETTINGS))
        .containsExactly(A);
    assertThat(ConverterService.ingestPeers(List.of(A, B), naming("b"))).containsExactly(B);
  }

  @Test
  void refusesAPeerThatIsNotConfigured() {
    assertThatThrownBy(() -> ConverterService.ingestPeers(List.of(A, B), naming("c")))
        .hasMessage("ingest-peer: c (expected: one of peers, which are [a, b])");
  }

  @Test
  void writesToSeveralPeersThatAreNamed() {
    assertThat(ConverterService.ingestPeers(List.of(A, B), IngestBed.settings(List.of("b", "a"))))
        .containsExactly(B, A);
    assertThatThrownBy(
            () ->
                ConverterService.ingestPeers(List.of(A, B), IngestBed.settings(List.of("a", "c"))))
        .hasMessage("ingest-peers: c (expected: one of peers, which are [a, b])");
  }

  @Test
  void refusesTwoSettingsForTheSame() {
    ByteSize any = ByteSize.parse("1GiB");

    assertThatThrownBy(
            () -> new ConverterSettings("a", List.of("b"), 1, any, Duration.ofSeconds(1), null))
        .hasMessage("ingest-peers: [b], and ingest-peer: a (expected: one of the two settings)");
    assertThatThrownBy(() -> IngestBed.settings(List.of("a", "a")))
        .hasMessage("ingest-peers: [a, a] (expected: each peer once)");
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
