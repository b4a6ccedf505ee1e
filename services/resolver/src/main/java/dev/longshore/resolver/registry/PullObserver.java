package dev.longshore.resolver.registry;

import dev.longshore.resolver.image.ResolvedContent;

/** Observes what clients pull, before they get it. */
public interface PullObserver {
  /** A client asks for a manifest, or whether it is there or still the same. */
  default void asked(ResolvedContent found) {}

  /**
   * A client requests a manifest.
   *
   * @param reference as the client named it
   */
  void manifest(String reference, ResolvedContent found);

  /** A client requests a part of an image. */
  void blob(ResolvedContent found);

  /** Notifies both. */
  default PullObserver and(PullObserver other) {
    PullObserver first = this;
    return new PullObserver() {
      @Override
      public void asked(ResolvedContent found) {
        first.asked(found);
        other.asked(found);
      }

      @Override
      public void manifest(String reference, ResolvedContent found) {
        first.manifest(reference, found);
        other.manifest(reference, found);
      }

      @Override
      public void blob(ResolvedContent found) {
        first.blob(found);
        other.blob(found);
      }
    };
  }
}
