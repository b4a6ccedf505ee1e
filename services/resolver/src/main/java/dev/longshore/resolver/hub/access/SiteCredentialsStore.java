package dev.longshore.resolver.hub.access;

import dev.longshore.events.SiteCredentialsState;
import dev.longshore.model.SiteName;
import java.util.Optional;

/** The store of sites' credentials, shared by all hubs and commands. */
public interface SiteCredentialsStore {
  /**
   * Computes the next state.
   *
   * @param <X> thrown when there is no next state
   */
  @FunctionalInterface
  interface Change<X extends Exception> {
    /** The state to write; empty for no change. Called again if another writer was faster. */
    Optional<SiteCredentialsState> after(Optional<SiteCredentialsState> current) throws X;
  }

  /**
   * Reads the current state and writes the next one. Concurrent changes are serialized.
   *
   * @throws NotStoredException when the store does not answer in time; it may have been written
   *     anyway
   */
  <X extends Exception> void change(SiteName site, Change<X> change)
      throws X, NotStoredException, InterruptedException;
}
