package dev.longshore.oci.registry;

import java.time.Duration;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * The client's time limits, and its sources of names, time and randomness.
 *
 * @param connect limit to establish a connection
 * @param answer limit to an answer's head, and to the end of a small one (manifests, tokens,
 *     listings)
 * @param stall limit to wait for {@link #STALL_BYTES} more of a blob; the reader's own time does
 *     not count
 * @param idle time to keep an unused connection
 * @param retry retries of passing failures
 * @param userAgent sent with every request
 * @param names looks up hosts
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
    RetryPause pause) {
  /** Bytes that must arrive within {@link #stall}: 0.5 kB/s is slower than any working line. */
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
        RetryPause.real());
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
      InstantSource newClock, RandomGenerator newRandom, RetryPause newPause) {
    return new ClientSettings(
        connect, answer, stall, idle, retry, userAgent, names, newClock, newRandom, newPause);
  }
}
