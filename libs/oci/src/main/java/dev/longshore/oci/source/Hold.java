package dev.longshore.oci.source;

/** Protects content at its source until closed. */
@FunctionalInterface
public interface Hold extends AutoCloseable {
  /** For sources that delete nothing while it is read. */
  Hold NONE = () -> {};

  /** Releases the hold; one that cannot be released expires by itself. */
  @Override
  void close();
}
