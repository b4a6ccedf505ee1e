package dev.longshore.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.testing.Mutations;
import dev.longshore.testing.SplitMix;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ChallengeTest {
  private static List<Challenge> parse(String... headers) {
    return Challenge.parse(List.of(headers));
  }

  @Test
  void quotedValuesMayHoldCommasQuotesAndEqualSigns() {
    assertThat(
            parse(
                "Bearer realm=\"https://a/t?x=1,2\",service=\"a \\\"b\\\","
                    + " c\",scope=\"repository:x:pull,push\""))
        .containsExactly(
            new Challenge(
                "bearer",
                Map.of(
                    "realm", "https://a/t?x=1,2",
                    "service", "a \"b\", c",
                    "scope", "repository:x:pull,push")));
  }

  @Test
  void oneLineMayHoldSeveralChallenges() {
    assertThat(parse("Negotiate, Basic realm=\"x\", Bearer realm=https://a/t , service=s"))
        .containsExactly(
            new Challenge("negotiate", Map.of()),
            new Challenge("basic", Map.of("realm", "x")),
            new Challenge("bearer", Map.of("realm", "https://a/t", "service", "s")));
  }

  @Test
  void severalLinesAreReadInOrder() {
    assertThat(parse("Basic", "BEARER Realm = \"y\""))
        .containsExactly(
            new Challenge("basic", Map.of()), new Challenge("bearer", Map.of("realm", "y")));
  }

  @Test
  void theFirstOfTwoParametersCounts() {
    assertThat(parse("Bearer realm=\"good\",realm=\"evil\"").getFirst().parameter("realm"))
        .hasValue("good");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ",,,", "=", "\"", "\"\"\"", "=\"x\""})
  void emptyOrDamagedHeadersHoldNoChallenge(String header) {
    assertThat(parse(header)).isEmpty();
  }

  @Test
  void aValueThatIsNotClosedEndsWithTheHeader() {
    assertThat(parse("Bearer realm=\"https://a").getFirst().parameter("realm"))
        .hasValue("https://a");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void damagedHeadersNeverThrowAndAlwaysEnd(long seed) {
    var random = new SplitMix(seed);
    byte[] valid =
        "Basic realm=\"x\", Bearer realm=\"https://a/t\",service=\"s, t\",scope=\"r:a/b:pull\""
            .getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < 5_000; i++) {
      String header = new String(Mutations.mutate(valid, random), StandardCharsets.ISO_8859_1);

      assertThat(parse(header)).hasSizeLessThan(200);
    }
  }
}
