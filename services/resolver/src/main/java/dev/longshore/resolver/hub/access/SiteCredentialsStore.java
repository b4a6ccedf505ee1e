package dev.longshore.resolver.hub.access;

import dev.longshore.events.SiteCredentialsState;
import dev.longshore.model.SiteName;
import java.util.Optional;

/** Where all hubs and commands keep who may speak as a site. */
public interface SiteCredentialsStore {
  /**
   * What follows what is there.
   *
   * @param <X> why nothing may follow
   */
  @FunctionalInterface
  interface Change<X extends Exception> {
    /** What to write; empty to leave it as it is. May be asked again, if somebody was faster. */
    Optional<SiteCredentialsState> after(Optional<SiteCredentialsState> current) throws X;
  }

  /**
   * Writes what follows what is there. Of several at once, each follows what the one before it
   * wrote.
   *
   * @throws NotStoredException when the store does not answer in time; it may have been written
   *     anyway
   */
  <X extends Exception> void change(SiteName site, Change<X> change)
      throws X, NotStoredException, InterruptedException;
}
