package dev.longshore.resolver.hub.access;

import dev.longshore.events.SiteCredentialsState;
import dev.longshore.model.SiteName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who may speak as a site, in memory, told at once to the hubs that follow it. */
final class MemorySiteCredentials implements SiteCredentialsStore {
  private final Map<SiteName, SiteCredentialsState> states = new HashMap<>();
  private final List<SiteCredentials> hubs = new ArrayList<>();
  private boolean away;

  /** A hub that hears of each change. */
  synchronized void tell(SiteCredentials hub) {
    hubs.add(hub);
    hub.know(states.values());
  }

  synchronized void away(boolean itIs) {
    away = itIs;
  }

  synchronized Optional<SiteCredentialsState> of(SiteName site) {
    return Optional.ofNullable(states.get(site));
  }

  @Override
  public synchronized <X extends Exception> void change(SiteName site, Change<X> change)
      throws X, NotStoredException {
    if (away) {
      throw new NotStoredException("Kafka: away", null);
    }
    Optional<SiteCredentialsState> after = change.after(of(site));
    after.ifPresent(state -> states.put(site, state));
    hubs.forEach(hub -> hub.know(states.values()));
  }
}
