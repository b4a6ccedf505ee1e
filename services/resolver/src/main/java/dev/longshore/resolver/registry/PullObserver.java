package dev.longshore.resolver.registry;

import dev.longshore.resolver.image.Found;

/** Is told what clients pull, before they get it. */
public interface PullObserver {
  /**
   * A manifest is asked for.
   *
   * @param reference as the client named it
   */
  void manifest(String reference, Found found);

  /** A part of an image is asked for. */
  void blob(Found found);

  /** Tells both. */
  default PullObserver and(PullObserver other) {
    PullObserver first = this;
    return new PullObserver() {
      @Override
      public void manifest(String reference, Found found) {
        first.manifest(reference, found);
        other.manifest(reference, found);
      }

      @Override
      public void blob(Found found) {
        first.blob(found);
        other.blob(found);
      }
    };
  }
}
