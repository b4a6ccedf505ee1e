package dev.longshore.watcher;

import dev.longshore.events.Hint;
import dev.longshore.events.Origin;
import dev.longshore.events.ReferenceHint;
import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.oci.RegistryException;
import dev.longshore.runtime.service.endpoint.Endpoints;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns changed names in a containerd into hints; its events do not say what a name now points to.
 */
final class NodeHints {
  private static final Logger LOG = LoggerFactory.getLogger(NodeHints.class);

  /** Pause before storing a hint again; its sink has already waited for Kafka. */
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final WatchedRegistry node;
  private final ChangedImages changes;
  private final HintSink hints;
  private final Endpoints endpoints;
  private final Clock clock;

  NodeHints(
      WatchedRegistry node,
      ChangedImages changes,
      HintSink hints,
      Endpoints endpoints,
      Clock clock) {
    this.node = node;
    this.changes = changes;
    this.hints = hints;
    this.endpoints = endpoints;
    this.clock = clock;
  }

  /** Stores a hint about the name, or returns it to the changes. */
  void tell(Reference name) throws InterruptedException {
    endpoints.awaitOpen(node.endpoint());
    try {
      Optional<Digest> target = target(name);
      endpoints.succeeded(node.endpoint());
      if (target.isPresent() || name.digest().isEmpty()) {
        hints.store(hint(name, target));
      }
    } catch (RegistryException e) {
      if (e.kind() == RegistryException.Kind.INTERRUPTED) {
        throw new InterruptedException();
      }
      changes.add(name);
      endpoints.failed(
          node.endpoint(), String.valueOf(e.getMessage()), e.retryAfter().orElse(null));
    } catch (HintNotStoredException e) {
      LOG.warn("a change of {} could not be hinted yet: {}", name, e.getMessage());
      changes.add(name);
      TimeUnit.NANOSECONDS.sleep(AGAIN.toNanos());
    }
  }

  private Optional<Digest> target(Reference name) throws RegistryException {
    try {
      return Optional.of(node.images().resolve(name).digest());
    } catch (RegistryException e) {
      if (e.kind() == RegistryException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Hint hint(Reference name, Optional<Digest> target) {
    String repository = name.name().repository();
    byte[] body =
        ReferenceBody.write(
            new ReferenceHint(
                repository,
                name.digest().isPresent() ? null : name.tag().orElse(null),
                target.orElse(null),
                null));
    return new Hint(
        Origin.CONTAINERD,
        node.name(),
        // The source already names the node.
        repository.substring(repository.indexOf('/') + 1),
        Hint.REFERENCE,
        Base64.getEncoder().encodeToString(body),
        false,
        clock.instant());
  }
}
