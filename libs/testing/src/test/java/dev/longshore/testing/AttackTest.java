package dev.longshore.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An attack that notices nothing would let every parser pass. */
final class AttackTest {
  private static final List<HostileInput> INPUTS =
      List.of(HostileInput.of("good", "good"), HostileInput.of("bad", "bad"));

  private static Attack<String> on(Attack.Parser<String> ofBad) {
    return new Attack<>(
        AttackTest.class,
        "libs/testing",
        input -> {
          String text = new String(input, StandardCharsets.UTF_8);
          return text.equals("bad") ? ofBad.parse(input) : text;
        },
        List.of(IOException.class),
        1 << 20,
        (value, _) -> assertThat(value).isEqualTo("good"));
  }

  private static Attack<Integer> mutated(Attack.Parser<Integer> parser) {
    return new Attack<>(
        AttackTest.class,
        "libs/testing",
        parser,
        List.of(IOException.class),
        1 << 20,
        (_, _) -> {});
  }

  private static Attack.Tally withoutABudget(Attack<Integer> attack) {
    String seconds = "longshore.attack.seconds";
    @Nullable String before = System.getProperty(seconds);
    System.setProperty(seconds, "0");
    try {
      return attack.mutating(List.of(new byte[] {1}));
    } finally {
      if (before == null) {
        System.clearProperty(seconds);
      } else {
        System.setProperty(seconds, before);
      }
    }
  }

  private static void assertNoticed(Attack.Parser<String> ofBad, String reason) {
    assertThatThrownBy(() -> on(ofBad).with(INPUTS))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(reason)
        .hasMessageContaining("input 1 (bad) of seed")
        .hasMessageContaining("begins: 626164")
        .hasMessageContaining("-Dtest=AttackTest");
  }

  @Test
  void valuesAndRefusalsAreCounted() {
    Attack.Parser<String> refuses =
        _ -> {
          throw new IOException("it is bad");
        };

    assertThat(on(refuses).with(INPUTS)).isEqualTo(new Attack.Tally(1, 1));
  }

  @Test
  void aBudgetThatIsUsedUpAtOnceLeavesEnoughMutationsToShowSomething() {
    var parsed = new AtomicInteger();
    Attack.Tally tally =
        withoutABudget(
            mutated(
                input -> {
                  if (parsed.incrementAndGet() % 2 == 0) {
                    throw new IOException("every second one is bad");
                  }
                  return input.length;
                }));

    assertThat(tally).isEqualTo(new Attack.Tally(50, 50));
  }

  @Test
  void aParserThatReadsEverythingIsGivenMoreButNotForEver() {
    Attack.Tally tally = withoutABudget(mutated(input -> input.length));

    assertThat(tally).isEqualTo(new Attack.Tally(2_000, 0));
  }

  @Test
  void anUntypedExceptionIsNoticed() {
    assertNoticed(
        _ -> {
          throw new IllegalStateException("oh");
        },
        "an untyped java.lang.IllegalStateException");
  }

  @Test
  void aFullStackIsNoticed() {
    assertNoticed(AttackTest::withoutAnEnd, "an untyped java.lang.StackOverflowError");
  }

  @SuppressWarnings("InfiniteRecursion") // what hostile nesting does to a careless parser
  private static String withoutAnEnd(byte[] input) {
    return withoutAnEnd(input) + "x";
  }

  @Test
  void tooMuchMemoryIsNoticed() {
    assertNoticed(_ -> new String(new byte[2 << 20], StandardCharsets.UTF_8), "bytes allocated");
  }

  @Test
  void aWrongAnswerIsNoticed() {
    assertNoticed(_ -> "better", "a wrong answer");
  }

  @Test
  void anErrorThatSaysNothingOrRepeatsItsInputIsNoticed() {
    assertNoticed(
        _ -> {
          throw new IOException(" ");
        },
        "an error whose message is 1 characters");
    assertNoticed(
        _ -> {
          throw new IOException("x".repeat(2_001));
        },
        "an error whose message is 2001 characters");
  }

  @Test
  void aHangIsNoticedAndSaysWhereItWas() {
    var never = new CountDownLatch(1);
    try (var bench = new AttackBench()) {
      AttackBench.Outcome<String> outcome =
          bench.run(
              () -> {
                never.await();
                return "";
              },
              Duration.ofMillis(20));

      assertThat(outcome.late()).isTrue();
      assertThat(outcome.error()).hasStackTraceContaining("CountDownLatch");
    }
  }

  @Test
  void damagedInputsAreOtherOnesWithEachSeedAndTheSameWithOne() {
    byte[] valid = "a text of some length".getBytes(StandardCharsets.UTF_8);

    assertThat(Mutations.mutate(valid, new SplitMix(1)))
        .isEqualTo(Mutations.mutate(valid, new SplitMix(1)))
        .isNotEqualTo(Mutations.mutate(valid, new SplitMix(2)))
        .isNotEqualTo(valid);
  }
}
