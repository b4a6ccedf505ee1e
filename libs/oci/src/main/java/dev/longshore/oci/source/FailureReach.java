package dev.longshore.oci.source;

import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.RegistryException;
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
 * How far a failure reaches: the whole registry, or one of its repositories. One repository's
 * answer may apply to it alone, so this pings the registry.
 */
public final class FailureReach {
  /**
   * How long another repository's answer proves that our login works. Some registries serve public
   * content to everyone, but their root only with a password.
   */
  private static final Duration FRESH = Duration.ofMinutes(10);

  private static final OptionalInt TOO_MANY_REQUESTS = OptionalInt.of(429);

  /** Pings a registry. */
  @FunctionalInterface
  public interface Ping {
    /** Returns if the registry and its token service answer and accept our login. */
    void ask(RegistryHost registry) throws RegistryException;
  }

  private record Answered(RepositoryName name, Instant at) {}

  /** The last two repositories that answered. */
  private record Latest(Answered last, @Nullable Answered before) {
    Latest then(Answered next) {
      return new Latest(next, next.name.equals(last.name) ? before : last);
    }
  }

  private final Ping ping;
  private final InstantSource clock;
  private final Map<RegistryHost, Latest> latest = new ConcurrentHashMap<>();

  public FailureReach(Ping ping, InstantSource clock) {
    this.ping = ping;
    this.clock = clock;
  }

  /** Records that the repository answered. */
  public void answered(RepositoryName name) {
    Answered now = new Answered(name, clock.instant());
    latest.compute(name.host(), (_, l) -> l == null ? new Latest(now, null) : l.then(now));
  }

  /**
   * Whether to pause the whole registry for the failure; may ping it.
   *
   * @param repository the repository of the call, if any
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
