package dev.longshore.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Runs a parser on hostile inputs. Each has to end, in time and within its memory, in a value that
 * keeps a property or in one of the parser's own exceptions. What does not is reported with the
 * seed and the command that repeat it.
 *
 * @param test the class that attacks, for the command
 * @param module its folder
 * @param mostBytes what the parser may allocate for one input, and so what the heap can grow by
 */
public record Attack<T>(
    Class<?> test,
    String module,
    Parser<T> parser,
    List<Class<? extends Exception>> refusals,
    long mostBytes,
    Property<T> property) {

  /** A parser that takes longer holds up whoever waits for its answer. */
  public static final Duration TIME_LIMIT = Duration.ofSeconds(5);

  /** Of each attack by mutations; the nightly run gives it a minute. */
  private static final Duration BUDGET = Duration.ofMillis(100);

  /** However slow the machine: fewer may all be refused, and nothing was shown. */
  private static final int FEWEST_MUTATIONS = 100;

  /** After as many that were all read, or all refused, the parser tells nothing apart. */
  private static final int MOST_OF_ONE_KIND = 2_000;

  /** Characters of an error: one that repeats its input would fill logs. */
  private static final int LONGEST_MESSAGE = 2_000;

  private static final String SEED = "longshore.attack.seed";
  private static final String SECONDS = "longshore.attack.seconds";

  /** Reads one input. */
  @FunctionalInterface
  public interface Parser<T> {
    T parse(byte[] input) throws Exception;
  }

  /** What holds of every value that was read; throws where it does not. */
  @FunctionalInterface
  public interface Property<T> {
    void check(T value, byte[] input) throws Exception;
  }

  /** How many inputs gave a value, and how many one of the parser's exceptions. */
  public record Tally(int accepted, int refused) {
    private int fewest() {
      return accepted == 0 || refused == 0 ? MOST_OF_ONE_KIND : FEWEST_MUTATIONS;
    }

    Tally with(boolean accept) {
      return accept ? new Tally(accepted + 1, refused) : new Tally(accepted, refused + 1);
    }
  }

  public Attack {
    refusals = List.copyOf(refusals);
  }

  /** The seed of the attack: {@link FirstSeed}, or what the system property says. */
  public static long seed() {
    return Long.getLong(SEED, FirstSeed.get());
  }

  /** Runs every input once. */
  public Tally with(List<HostileInput> inputs) {
    var tally = new Tally(0, 0);
    try (var bench = new AttackBench()) {
      for (int i = 0; i < inputs.size(); i++) {
        HostileInput input = inputs.get(i);
        String which = "input %d (%s) of seed %d".formatted(i, input.what(), seed());
        tally = tally.with(accepts(bench, input.bytes(), which, seed()));
      }
    }
    return tally;
  }

  /**
   * Damages valid inputs for as long as the budget lasts: a tenth of a second, or what the property
   * says; but not fewer than {@value #FEWEST_MUTATIONS}, and until some are read and some refused.
   */
  public Tally mutating(List<byte[]> valid) {
    return mutating(valid, mutated -> mutated);
  }

  /** The same, where the damaged bytes are made plausible again, say by a right checksum. */
  public Tally mutating(List<byte[]> valid, UnaryOperator<byte[]> repair) {
    var tally = new Tally(0, 0);
    Long seconds = Long.getLong(SECONDS);
    Duration budget = seconds == null ? BUDGET : Duration.ofSeconds(seconds);
    long start = System.nanoTime();
    try (var bench = new AttackBench()) {
      for (long seed = seed();
          seed - seed() < tally.fewest() || System.nanoTime() - start < budget.toNanos();
          seed++) {
        var random = new SplitMix(seed);
        byte[] input = valid.get(random.nextInt(valid.size()));
        input = repair.apply(Mutations.mutate(input, random));
        tally = tally.with(accepts(bench, input, "the mutation of seed " + seed, seed));
      }
    }
    return tally;
  }

  private boolean accepts(AttackBench bench, byte[] input, String which, long seed) {
    AttackBench.Outcome<T> outcome = bench.run(() -> parser.parse(input), TIME_LIMIT);
    @Nullable Throwable error = outcome.error();
    if (outcome.late()) {
      throw failure("no end within " + TIME_LIMIT.toSeconds() + " s", which, seed, input, error);
    }
    if (error != null && refusals.stream().noneMatch(refusal -> refusal.isInstance(error))) {
      throw failure("an untyped " + error.getClass().getName(), which, seed, input, error);
    }
    if (outcome.allocated() > mostBytes) {
      String reason = "%,d bytes allocated, limit %,d".formatted(outcome.allocated(), mostBytes);
      throw failure(reason, which, seed, input, error);
    }
    if (error != null) {
      checkMessage(error, which, seed, input);
      return false;
    }
    try {
      property.check(outcome.result(), input);
    } catch (Exception | AssertionError e) {
      throw failure("a wrong answer", which, seed, input, e);
    }
    return true;
  }

  private void checkMessage(Throwable error, String which, long seed, byte[] input) {
    @Nullable String message = error.getMessage();
    if (message == null || message.isBlank() || message.length() > LONGEST_MESSAGE) {
      String length = message == null ? "none" : message.length() + " characters";
      throw failure("an error whose message is " + length, which, seed, input, error);
    }
  }

  private AssertionError failure(
      String reason, String which, long seed, byte[] input, @Nullable Throwable cause) {
    var lines = new ArrayList<String>();
    lines.add("%s on %s, %d bytes".formatted(reason, which, input.length));
    lines.add(
        "begins: " + HexFormat.of().formatHex(Arrays.copyOf(input, Math.min(input.length, 80))));
    lines.add(
        "repeat: ./longshore test -pl %s -am -Dtest=%s -Dsurefire.failIfNoSpecifiedTests=false -D%s=%d"
            .formatted(module, test.getSimpleName(), SEED, seed));
    return new AssertionError(String.join("\n", lines), cause);
  }
}
