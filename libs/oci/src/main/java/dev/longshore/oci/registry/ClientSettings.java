package dev.longshore.oci.registry;

import java.time.Duration;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * How patient the client is, and where it takes names, time and chance from.
 *
 * @param connect until the connection stands
 * @param answer until the head of an answer, and until the end of a small one (manifests, tokens,
 *     listings)
 * @param stall waiting for {@link #STALL_BYTES} more of a blob; time that the reader of the blob
 *     takes does not count
 * @param idle how long a connection is kept that nobody uses
 * @param retry repeats of what failed in passing
 * @param userAgent sent with every request
 * @param names where hosts are looked up
 * @param clock for the age of tokens and dates in Retry-After
 */
public record ClientSettings(
    Duration connect,
    Duration answer,
    Duration stall,
    Duration idle,
    RetryPolicy retry,
    String userAgent,
    NameLookup names,
    InstantSource clock,
    RandomGenerator random,
    Pause pause) {
  /** Bytes that have to come within {@link #stall}: 0.5 kB/s is slower than any working line. */
  static final int STALL_BYTES = 16 * 1024;

  public static ClientSettings defaults() {
    return new ClientSettings(
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        Duration.ofSeconds(30),
        Duration.ofSeconds(5),
        RetryPolicy.defaults(),
        UserAgent.value(),
        NameLookup.real(),
        InstantSource.system(),
        RandomGenerator.getDefault(),
        Pause.real());
  }

  public ClientSettings withTimeouts(Duration newConnect, Duration newAnswer, Duration newStall) {
    return new ClientSettings(
        newConnect, newAnswer, newStall, idle, retry, userAgent, names, clock, random, pause);
  }

  public ClientSettings withIdle(Duration newIdle) {
    return new ClientSettings(
        connect, answer, stall, newIdle, retry, userAgent, names, clock, random, pause);
  }

  public ClientSettings withRetry(RetryPolicy newRetry) {
    return new ClientSettings(
        connect, answer, stall, idle, newRetry, userAgent, names, clock, random, pause);
  }

  public ClientSettings withNames(NameLookup newNames) {
    return new ClientSettings(
        connect, answer, stall, idle, retry, userAgent, newNames, clock, random, pause);
  }

  public ClientSettings withTime(
      InstantSource newClock, RandomGenerator newRandom, Pause newPause) {
    return new ClientSettings(
        connect, answer, stall, idle, retry, userAgent, names, newClock, newRandom, newPause);
  }
}
