package dev.longshore.app.parts;

import dev.longshore.runtime.service.lifecycle.Part;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/** Independent parts: they start in parallel, and stop in parallel. */
public final class Together implements Part {
  private final List<Part> parts;

  public Together(List<Part> parts) {
    this.parts = List.copyOf(parts);
  }

  @Override
  public String name() {
    return parts.stream().map(Part::name).collect(Collectors.joining(", "));
  }

  @Override
  public void start() throws Exception {
    forAll(Part::start);
  }

  @Override
  public void stop(Duration drain) throws Exception {
    forAll(part -> part.stop(drain));
  }

  private interface Change {
    void apply(Part part) throws Exception;
  }

  /** Returns when all have ended; throws the first failure, after which none is left running. */
  private void forAll(Change change) throws Exception {
    List<Part> done = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Part>> changes = new ArrayList<>();
      for (Part part : parts) {
        changes.add(
            threads.submit(
                () -> {
                  change.apply(part);
                  return part;
                }));
      }
      for (Future<Part> one : changes) {
        try {
          done.add(one.get());
        } catch (ExecutionException e) {
          failures.add(e.getCause());
        } catch (InterruptedException e) {
          changes.forEach(c -> c.cancel(true));
          failures.add(e);
        }
      }
    }
    if (failures.isEmpty()) {
      return;
    }
    for (Part part : done) {
      part.stop(Duration.ZERO);
    }
    Throwable first = failures.getFirst();
    failures.stream().skip(1).forEach(first::addSuppressed);
    if (first instanceof Exception exception) {
      throw exception;
    }
    throw new IllegalStateException(name() + ": a defect", first);
  }
}
