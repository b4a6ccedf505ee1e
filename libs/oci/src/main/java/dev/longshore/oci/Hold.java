package dev.longshore.oci;

/** Keeps content where it is until it is closed. */
@FunctionalInterface
public interface Hold extends AutoCloseable {
  /** For sources that forget nothing while it is read. */
  Hold NONE = () -> {};

  /** Lets go; a hold that cannot be given back ends by itself. */
  @Override
  void close();
}
