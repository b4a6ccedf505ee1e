package dev.longshore.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.RegistryHost;
import dev.longshore.testing.SplitMix;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers, pauses, configuration: parts of the client that need no server. */
final class SmallPartsTest {
  private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "7, 7",
    "' 120 ', 120",
    "'Tue, 24 Nov 2026 10:00:30 GMT', 30",
    "'Tue, 24 Nov 2026 09:00:00 GMT', 0"
  })
  void retryAfterIsSecondsOrADate(String header, long seconds) {
    assertThat(RetryAfter.parse(header, NOW)).hasValue(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "soon", "1.5", "99999999999", "Tue, 99 Nov 2026 10:00:30 GMT"})
  void anyOtherRetryAfterIsNone(String header) {
    assertThat(RetryAfter.parse(header, NOW)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "</v2/a/tags/list?last=x&n=2>; rel=\"next\" | last=x&n=2",
        "<https://evil.example/v2/_catalog?n=5>;rel=next | n=5",
        "<?n=5> ; rel=\"next\"; title=\"x\" | n=5",
        "<x?a=1>; title=\"t\"; rel=\"next\"; | a=1"
      })
  void theNextPartIsTheQueryOfTheLink(String header, String query) {
    assertThat(LinkHeader.nextQuery(List.of("<p>; rel=\"prev\"", header))).hasValue(query);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "<", "<a?b>", "<a>; rel=\"next\"", "<a?b>; rel=\"prev\"", ">a?b<; rel=next"})
  void anyOtherLinkIsTheEnd(String header) {
    assertThat(LinkHeader.nextQuery(List.of(header))).isEmpty();
  }

  @Test
  void pausesDoubleUpToTheLongestAndAreHalfRandom() {
    var policy = new RetryPolicy(10, Duration.ofMillis(100), Duration.ofSeconds(1));
    var random = new SplitMix(1);

    assertThat(policy.delay(1, random)).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
    assertThat(policy.delay(3, random)).isBetween(Duration.ofMillis(200), Duration.ofMillis(400));
    for (int failed = 5; failed < 100; failed++) {
      assertThat(policy.delay(failed, random))
          .isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
    }
    assertThat(RetryPolicy.never().delay(1, random)).isZero();
    assertThatThrownBy(() -> new RetryPolicy(0, Duration.ZERO, Duration.ZERO))
        .hasMessageContaining("attempts: 0");
  }

  @ParameterizedTest
  @CsvSource({
    "docker.io, https://registry-1.docker.io",
    "quay.io, https://quay.io",
    "localhost:5055, http://localhost:5055",
    "127.0.0.1:1, http://127.0.0.1:1",
    "10.0.0.1:5000, https://10.0.0.1:5000"
  })
  void aRegistryIsReachedByTlsUnlessItIsThisMachine(String host, String endpoint) {
    assertThat(Registries.of().config(new RegistryHost(host)).endpoint()).hasToString(endpoint);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://x", "x", "https:///", "https://u:hunter2@x", "https://x/path"})
  void anEndpointIsSchemeHostAndPort(String endpoint) {
    RegistryConfig config = RegistryConfig.of(new RegistryHost("a.example"));

    assertThatThrownBy(() -> config.withEndpoint(URI.create(endpoint)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a.example")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void theUserAgentNamesTheVersionOfTheBuild() {
    assertThat(UserAgent.value()).matches("longshore/[0-9]+\\.[0-9]+\\.[0-9]+.*");
  }

  @Test
  void aTokenIsGivenUpATenthOrTenSecondsEarly() {
    Token minute = Token.lasting("x", Duration.ofSeconds(60), NOW);
    Token hour = Token.lasting("x", Duration.ofHours(1), NOW);

    assertThat(minute.until()).isEqualTo(NOW.plusSeconds(54));
    assertThat(hour.until()).isEqualTo(NOW.plusSeconds(3590));
    assertThat(minute.usableAt(NOW.plusSeconds(53))).isTrue();
    assertThat(minute.usableAt(NOW.plusSeconds(54))).isFalse();
  }

  @Test
  void onlyWhatWasUsedLastIsRemembered() {
    var recent = new Recent<String, Integer>(2);
    recent.put("a", 1);
    recent.put("b", 2);
    assertThat(recent.get("a")).hasValue(1);
    recent.put("c", 3);

    assertThat(recent.get("b")).isEmpty();
    assertThat(recent.get("a")).hasValue(1);
    recent.remove("a", 9);
    assertThat(recent.get("a")).hasValue(1);
  }

  @Test
  void anAddressInAMessageHasNeitherUserNorQuery() {
    assertThat(Redacted.uri(URI.create("https://u:p@h.example/a?sig=x#f")))
        .isEqualTo("https://h.example:443/a");
  }

  @Test
  void theBodyOfATryCanBeOpenedAgain() throws Exception {
    Upload upload = Upload.of("abc".getBytes(StandardCharsets.US_ASCII));

    assertThat(upload.content().open().readAllBytes()).hasSize(3);
    assertThat(upload.content().open().readAllBytes()).hasSize(3);
  }
}
