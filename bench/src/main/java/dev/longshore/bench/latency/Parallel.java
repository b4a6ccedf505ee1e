package dev.longshore.bench.latency;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Calls at once, as many as are said. */
public final class Parallel {
  private Parallel() {}

  /** The results in the order of the calls. */
  public static <T> List<T> run(int atOnce, List<? extends Callable<T>> calls) throws Exception {
    try (ExecutorService threads =
        Executors.newFixedThreadPool(atOnce, Thread.ofPlatform().daemon().factory())) {
      List<Future<T>> under = new ArrayList<>();
      for (Callable<T> call : calls) {
        under.add(threads.submit(call));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : under) {
        results.add(future.get());
      }
      return results;
    }
  }
}
