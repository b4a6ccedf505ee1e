package dev.longshore.oci;

import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.RegistryException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How far a failure reaches: over the whole registry, or over one of its repositories. What one
 * repository answers may be true of it alone, so the registry is asked how it is.
 */
public final class Reach {
  /**
   * How long another repository's answer tells that our login does. Some registries serve what is
   * public to everybody, and their root to nobody without a password.
   */
  private static final Duration FRESH = Duration.ofMinutes(10);

  private static final OptionalInt TOO_MANY_REQUESTS = OptionalInt.of(429);

  /** Asks a registry how it is. */
  @FunctionalInterface
  public interface Ping {
    /** Returns if the registry and its token service answer, and take our login. */
    void ask(RegistryHost registry) throws RegistryException;
  }

  private record Answered(RepositoryName name, Instant at) {}

  /** The repository that answered last, and the one before it. */
  private record Latest(Answered last, @Nullable Answered before) {
    Latest then(Answered next) {
      return new Latest(next, next.name.equals(last.name) ? before : last);
    }
  }

  private final Ping ping;
  private final InstantSource clock;
  private final Map<RegistryHost, Latest> latest = new ConcurrentHashMap<>();

  public Reach(Ping ping, InstantSource clock) {
    this.ping = ping;
    this.clock = clock;
  }

  /** The repository answered what it was asked for. */
  public void answered(RepositoryName name) {
    Answered now = new Answered(name, clock.instant());
    latest.compute(name.host(), (_, l) -> l == null ? new Latest(now, null) : l.then(now));
  }

  /**
   * Whether all of the registry is to be left alone for the failure; may ask it.
   *
   * @param repository what the call was about, if it was about one
   */
  public boolean isOverAll(
      RegistryHost registry, Optional<RepositoryName> repository, RegistryException failure)
      throws InterruptedException {
    if (failure.kind() == Kind.NOT_FOUND) {
      return false;
    }
    // Requests are counted by account or address, not by repository.
    if (failure.status().equals(TOO_MANY_REQUESTS)) {
      return true;
    }
    try {
      ping.ask(registry);
      return false;
    } catch (RegistryException e) {
      if (e.kind() == Kind.INTERRUPTED) {
        Thread.interrupted();
        throw new InterruptedException(e.getMessage());
      }
      return e.kind() != Kind.UNAUTHORIZED || !anotherAnswered(registry, repository);
    }
  }

  private boolean anotherAnswered(RegistryHost registry, Optional<RepositoryName> repository) {
    Instant since = clock.instant().minus(FRESH);
    return Stream.ofNullable(latest.get(registry))
        .flatMap(l -> Stream.concat(Stream.of(l.last), Stream.ofNullable(l.before)))
        .filter(answered -> !repository.equals(Optional.of(answered.name)))
        .anyMatch(answered -> answered.at.isAfter(since));
  }
}
