package dev.longshore.runtime.service.endpoint;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The programs outside by name, and whether work may go to them. An endpoint that failed is paused
 * for everyone; when its pause ends exactly one caller is let through, and what that one reports
 * opens it for all or pauses it for longer, for as long as it takes.
 *
 * <p>Names come from the configuration ({@code registry localhost:5055}, {@code kubo site-a}), so
 * their number is bounded. Only repositories that wait by themselves ({@code repository
 * localhost:5055/team/app}) are named by what is pushed: each is forgotten when nobody waits for
 * it.
 */
public final class Endpoints {
  private final Map<String, EndpointGate> gates = new ConcurrentSkipListMap<>();
  private final Clock clock;
  private final Alarms alarms;
  private final Backoff backoff;
  private final Backoff ofRepositories;

  public Endpoints(Clock clock, Alarms alarms, RandomGenerator random) {
    this.clock = clock;
    this.alarms = alarms;
    this.backoff = new Backoff(random, Backoff.LONGEST);
    this.ofRepositories = new Backoff(random, Backoff.LONGEST_OF_REPOSITORY);
  }

  /** Whether a caller would pass at once and nobody probes. */
  public boolean isOpen(String name) {
    EndpointGate gate = gates.get(name);
    return gate == null || gate.state() instanceof EndpointState.Open;
  }

  /** Why work is held back from the endpoint; none while it is open. */
  public Optional<String> trouble(String name) {
    EndpointGate gate = gates.get(name);
    return gate == null ? Optional.empty() : gate.state().trouble();
  }

  /**
   * Returns when the endpoint is open, or when the caller is the one that tries it after a pause.
   * The caller then reports {@link #succeeded} or {@link #failed}.
   *
   * @return whether the caller is the one that tries it
   * @throws InterruptedException when the caller is to stop
   */
  public boolean awaitOpen(String name) throws InterruptedException {
    return gate(name).awaitOpen();
  }

  /**
   * The same without waiting: whether the caller may pass now. One that tries the endpoint reports.
   */
  public boolean mayPass(String name) {
    return gate(name).mayPass();
  }

  /**
   * Pauses the endpoint for everyone.
   *
   * @param cause what was tried and what came back, without secrets; {@code status} shows it
   * @param retryAfter how long the endpoint asked to be left alone, if it did; at most an hour
   * @return from when one caller may try it
   */
  public Instant failed(String name, String cause, @Nullable Duration retryAfter) {
    return gate(name).failed(cause, retryAfter);
  }

  /** From when one caller may try the endpoint; in the past while it is open. */
  public Instant nextTry(String name) {
    return gate(name).nextTry();
  }

  /** Opens the endpoint for everyone. */
  public void succeeded(String name) {
    EndpointGate gate = gates.get(name);
    if (gate != null) {
      gate.succeeded();
    }
  }

  /** Every endpoint that was ever waited for or failed, and repositories that wait, by name. */
  public List<EndpointStatus> snapshot() {
    return gates.entrySet().stream()
        .map(gate -> new EndpointStatus(gate.getKey(), gate.getValue().state()))
        .toList();
  }

  private EndpointGate gate(String name) {
    return gates.computeIfAbsent(
        name,
        _ ->
            EndpointStatus.isRepository(name)
                ? new EndpointGate(clock, alarms, ofRepositories, idle -> gates.remove(name, idle))
                : new EndpointGate(clock, alarms, backoff, _ -> {}));
  }
}
