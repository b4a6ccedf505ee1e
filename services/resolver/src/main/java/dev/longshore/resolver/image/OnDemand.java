package dev.longshore.resolver.image;

import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.resolver.name.Selector;

/** Fetches images that are named here but come only on request. */
@FunctionalInterface
public interface OnDemand {
  /** Fetches nothing: absent images are unknown. */
  OnDemand NONE = (_, _, _) -> {};

  /**
   * Returns once the image can be found, if it is one of these: its blocks are on their way.
   *
   * @param caller the caller whose share it counts against
   * @throws UnavailableException when it is one but cannot be fetched now
   */
  void bring(RepositoryName repository, Selector wanted, String caller)
      throws UnavailableException, InterruptedException;

  /**
   * Returns once the images that refer to the manifest can be found, as far as any are named here.
   *
   * @param caller the caller whose share it counts against
   * @throws UnavailableException when one of them cannot be fetched now: a list would lack it
   */
  default void bringReferrers(RepositoryName repository, Digest subject, String caller)
      throws UnavailableException, InterruptedException {}

  /** Hears of a requested image that is unknown. */
  default void missed(RepositoryName repository, Selector wanted) {}
}
