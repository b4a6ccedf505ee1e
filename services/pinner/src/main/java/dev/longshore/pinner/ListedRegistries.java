package dev.longshore.pinner;

import dev.longshore.events.PollState;
import dev.longshore.model.RegistryHost;
import dev.longshore.runtime.config.RegistrySettings;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether watchers came to the end of each polled registry's list since the catalog was read from
 * its beginning, as topic {@code polls} says.
 */
final class ListedRegistries {
  private static final Logger LOG = LoggerFactory.getLogger(ListedRegistries.class);

  private final Set<String> polled;
  private volatile Polls polls = Polls.UNREAD;

  /** Since when all are known to be listed. */
  private volatile @Nullable Instant proven;

  /** Of these registries, those that are polled: no other is ever listed. */
  ListedRegistries(Collection<RegistrySettings> registries) {
    this.polled =
        registries.stream()
            .filter(registry -> registry.poll() != null)
            .map(registry -> new RegistryHost(registry.host()).toString())
            .collect(Collectors.toSet());
  }

  /** Who reads the polls. */
  void heed(Polls reader) {
    polls = reader;
  }

  /** Whether that was seen by {@link #look}. */
  boolean since(Instant filled) {
    return polled.isEmpty() || filled.equals(proven);
  }

  /** Looks, unless it was seen already. */
  void look(Instant filled) throws InterruptedException {
    if (since(filled)) {
      return;
    }
    try {
      Set<String> listed =
          polls.read().stream()
              .filter(state -> wasListed(state, filled))
              .map(PollState::registry)
              .collect(Collectors.toSet());
      if (listed.containsAll(polled)) {
        proven = filled;
      } else {
        LOG.debug("of {} only {} were listed since {}", polled, listed, filled);
      }
    } catch (IOException e) {
      LOG.info("nothing is released until topic polls can be read: {}", e.getMessage());
    }
  }

  /** A look that began before may have passed over what was known then. */
  private static boolean wasListed(PollState state, Instant since) {
    Instant began = state.startedAt();
    Instant ended = state.completedAt();
    return state.repository() == null
        && began != null
        && ended != null
        && !began.isBefore(since)
        && !ended.isBefore(began);
  }
}
