package dev.longshore.oci.registry;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/** A fixed set of locks, so that many threads that need one token ask for it once. */
final class Stripes {
  private static final int COUNT = 64;

  private final List<ReentrantLock> locks =
      Stream.generate(() -> new ReentrantLock()).limit(COUNT).toList();

  ReentrantLock get(Object key) {
    return locks.get(Math.floorMod(key.hashCode(), COUNT));
  }
}
