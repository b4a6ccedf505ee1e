package dev.longshore.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.oci.RegistryException;
import dev.longshore.testing.Attack;
import dev.longshore.testing.HostileInput;
import dev.longshore.testing.HostileInputs;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a token server that means ill could answer. */
final class TokenAttackTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final String VALID =
      "{\"token\":\"abc.def-ghi\",\"access_token\":\"other\",\"expires_in\":300,\"issued_at\":\"2026-01-01T00:00:00Z\"}";

  /** Bytes; an answer is cut off at 256 KiB, and its tree takes some dozens of bytes for each. */
  private static final long MOST_BYTES = 32L << 20;

  private static final Attack<Token> ATTACK =
      new Attack<>(
          TokenAttackTest.class,
          "libs/oci",
          body ->
              TokenAnswer.parse(
                  body, new RegistryException.Attempt("GET token", "https://r.example/t"), NOW),
          List.of(RegistryException.class),
          MOST_BYTES,
          TokenAttackTest::holds);

  /** It can stand in a header, and is neither used for ever nor refused for being past. */
  private static void holds(Token token, byte[] body) {
    assertThat(token.value()).matches("[!-~]+");
    assertThat(new String(body, StandardCharsets.UTF_8)).contains("token");
    assertThat(token.usableAt(NOW)).isTrue();
    assertThat(token.usableAt(NOW.plus(Duration.ofDays(1)))).isFalse();
  }

  private static List<HostileInput> inputs() {
    var inputs = new HostileInputs(Attack.seed());
    inputs.damage(VALID.getBytes(StandardCharsets.UTF_8));
    inputs.each("life", HostileInputs.oddNumbers(), n -> VALID.replace("300", n));
    inputs.each(
        "life as text", HostileInputs.oddNumbers(), n -> VALID.replace("300", '"' + n + '"'));
    inputs.each(
        "token",
        HostileInputs.oddTexts(),
        text -> "{\"token\":\"" + text.replace("\u0000", "\\u0000") + "\"}");
    for (String value : List.of("null", "true", "12", "[]", "{}", "[\"a\"]", "{\"token\":\"a\"}")) {
      inputs.add("token " + value, "{\"token\":" + value + "}");
    }
    inputs.add("two tokens", "{\"token\":\"a\",\"token\":\"b\"}");
    inputs.add("two answers", VALID + VALID);
    inputs.add("a list", "[" + VALID + "]");
    inputs.add("nesting", "{\"token\":" + "[".repeat(100_000));
    inputs.add("empty objects", "{\"x\":[" + "{},".repeat(3_400_000) + "{}]}");
    inputs.add("10 MB", "{\"token\":\"" + "a".repeat(10_000_000) + "\"}");
    for (int factor : new int[] {31, 33}) {
      String names =
          HostileInputs.collidingNames(factor, 12).stream()
              .map(name -> "\"" + name + "\":0")
              .collect(Collectors.joining(","));
      inputs.add("names of one hash, factor " + factor, "{" + names + ",\"token\":\"a\"}");
    }
    return inputs.list();
  }

  @Test
  void answersAreReadOrRefused() {
    List<HostileInput> inputs = inputs();

    Attack.Tally tally = ATTACK.with(inputs);

    assertThat(inputs).hasSizeGreaterThanOrEqualTo(60);
    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isPositive();
  }

  @Test
  void damagedAnswersAreReadOrRefused() {
    Attack.Tally tally = ATTACK.mutating(List.of(VALID.getBytes(StandardCharsets.UTF_8)));

    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isPositive();
  }
}
