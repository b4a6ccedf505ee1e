package dev.longshore.watcher;

import dev.longshore.watcher.BackfillListing.Visitor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;

/**
 * Lists repositories before their turn: most have few tags, and one after another each would take
 * at least one round trip, however many requests the registry allows. Used by one thread.
 */
final class ListingPrefetch implements AutoCloseable {
  /** Of each the beginning is in memory. */
  static final int MOST = 16;

  private final Visitor visitor;
  private final int images;
  private final Deque<Prefetched> inOrder = new ArrayDeque<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** Has a permit for each request that has ended since the last look. */
  private final Semaphore ended = new Semaphore(0);

  /** One of them. */
  private record Prefetched(
      RepositoryListing listing, Future<Void> begun, List<Future<Void>> coming, boolean isTold) {
    boolean isReady() {
      return isTold && coming.stream().allMatch(Future::isDone);
    }
  }

  /**
   * None yet.
   *
   * @param visitor hears what comes, in the order of the repositories
   * @param images that may be asked about before the turn of theirs
   */
  ListingPrefetch(Visitor visitor, int images) {
    this.visitor = visitor;
    this.images = images;
  }

  /** Begins to ask about one more. */
  void add(RepositoryListing listing) {
    Future<Void> begun =
        submit(
            () -> {
              listing.begin();
              return null;
            });
    inOrder.add(new Prefetched(listing, begun, List.of(), false));
  }

  boolean isFull() {
    return inOrder.size() == MOST;
  }

  boolean isEmpty() {
    return inOrder.isEmpty();
  }

  /** The first, once its beginning is known; removes it. */
  RepositoryListing next() throws InterruptedException {
    tellWhatComes();
    while (!inOrder.getFirst().isReady()) {
      ended.acquire();
      ended.drainPermits();
      tellWhatComes();
    }
    Prefetched first = inOrder.removeFirst();
    for (Future<Void> each : first.coming) {
      AtOnce.ended(each);
    }
    return first.listing;
  }

  /** Of those whose tags are known, as far as their images have room in memory. */
  private void tellWhatComes() throws InterruptedException {
    Deque<Prefetched> told = new ArrayDeque<>();
    int asked = 0;
    boolean goesOn = true;
    for (Prefetched each : inOrder) {
      goesOn &= each.isTold || (each.begun.isDone() && asked < images);
      Prefetched now = goesOn && !each.isTold ? told(each) : each;
      asked += now.coming.size();
      told.add(now);
    }
    inOrder.clear();
    inOrder.addAll(told);
  }

  private Prefetched told(Prefetched its) throws InterruptedException {
    AtOnce.ended(its.begun);
    List<Future<Void>> coming = new ArrayList<>();
    for (boolean ofReferrers : List.of(false, true)) {
      visitor
          .coming(its.listing.name(), its.listing.beginning(ofReferrers))
          .forEach(request -> coming.add(submit(request)));
    }
    return new Prefetched(its.listing, its.begun, List.copyOf(coming), true);
  }

  private Future<Void> submit(Callable<Void> request) {
    FutureTask<Void> task =
        new FutureTask<>(request) {
          @Override
          protected void done() {
            ended.release();
          }
        };
    threads.execute(task);
    return task;
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
