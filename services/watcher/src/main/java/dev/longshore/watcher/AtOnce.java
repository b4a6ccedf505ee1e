package dev.longshore.watcher;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Requests that are sent at once, with their answers in order. */
final class AtOnce {
  private AtOnce() {}

  /**
   * Runs all of them, and returns when the last has ended: none may write on behind its caller.
   *
   * @param requests whose failures are part of what they return; any other is the caller's too
   */
  static <T> List<T> all(List<Callable<T>> requests) throws InterruptedException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<T> answers = new ArrayList<>();
      for (Future<T> each : threads.invokeAll(requests)) {
        answers.add(ended(each));
      }
      return answers;
    }
  }

  /** What a request returned, once it has ended. */
  static <T> T ended(Future<T> request) throws InterruptedException {
    try {
      return request.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case Error defect -> throw defect;
        case RuntimeException defect -> throw defect;
        case InterruptedException stopped -> throw stopped;
        case null, default -> throw new IllegalStateException("a request failed untold", e);
      }
    }
  }
}
