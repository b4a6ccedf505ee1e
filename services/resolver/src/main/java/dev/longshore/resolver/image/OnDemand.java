package dev.longshore.resolver.image;

import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.resolver.content.UnavailableException;
import dev.longshore.resolver.name.Selector;

/** Has images brought that are named here, and come only when somebody asks for them. */
@FunctionalInterface
public interface OnDemand {
  /** Nothing is: what is not here is not known. */
  OnDemand NONE = (_, _, _) -> {};

  /**
   * Returns once the image can be found, if it is one of these: its blocks are on their way.
   *
   * @param caller the caller whose share it counts against
   * @throws UnavailableException when it is one, and cannot be brought now
   */
  void bring(RepositoryName repository, Selector wanted, String caller)
      throws UnavailableException, InterruptedException;

  /**
   * Returns once the images that refer to the manifest can be found, as far as any are named here.
   *
   * @param caller the caller whose share it counts against
   * @throws UnavailableException when one of them cannot be brought now: a list would lack it
   */
  default void bringReferrers(RepositoryName repository, Digest subject, String caller)
      throws UnavailableException, InterruptedException {}

  /** Hears of one that was asked for and is not known, whatever it was taken for. */
  default void missed(RepositoryName repository, Selector wanted) {}
}
