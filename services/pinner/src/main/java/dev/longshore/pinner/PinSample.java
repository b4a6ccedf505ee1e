package dev.longshore.pinner;

import dev.longshore.model.Cid;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A uniform random sample of very many pins. */
final class PinSample {
  /** For each peer; detects at once that all are gone, and within an hour that one in 100 is. */
  static final int SIZE = 8;

  private final List<Cid> taken = new ArrayList<>();
  private int seen;

  void add(Cid dag, RandomGenerator random) {
    seen++;
    if (taken.size() < SIZE) {
      taken.add(dag);
    } else {
      int place = random.nextInt(seen);
      if (place < SIZE) {
        taken.set(place, dag);
      }
    }
  }

  List<Cid> taken() {
    return List.copyOf(taken);
  }
}
