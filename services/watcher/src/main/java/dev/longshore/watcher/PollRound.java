package dev.longshore.watcher;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A look at everything, after its list of repositories. */
final class PollRound {
  final int number;
  Instant began;
  final Set<String> todo = new LinkedHashSet<>();
  final Set<String> open = new LinkedHashSet<>();
  boolean listed;
  private final List<CompletableFuture<Void>> asked;

  /** One that ends what was asked for. */
  PollRound(int number, Instant began, List<CompletableFuture<Void>> asked) {
    this.number = number;
    this.began = began;
    this.asked = asked;
  }

  void end() {
    asked.forEach(request -> request.complete(null));
  }
}
