package dev.longshore.runtime.kafka;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogException;
import dev.longshore.events.Topic;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the service look for what gaps swallowed, and has Kafka keep which are open. That a catalog
 * was rebuilt is kept by its file until Kafka keeps it, partition by partition.
 */
final class Gaps {
  private static final Logger log = LoggerFactory.getLogger(Gaps.class);

  private final String group;
  private final Catalog catalog;
  private final Consumer<CommitRequest> commits;
  private final Consumer<OpenGap> listener;

  /**
   * None yet.
   *
   * @param listener told of each open gap, on a thread of its own, once Kafka keeps it
   */
  Gaps(String group, Catalog catalog, Consumer<CommitRequest> commits, Consumer<OpenGap> listener) {
    this.group = group;
    this.catalog = catalog;
    this.commits = commits;
    this.listener = listener;
  }

  /** Has Kafka keep the gap, then the service look. Returns at once. */
  void open(Assigned state, Gap gap) {
    Open open = new Open(state, gap);
    inBackground("gap", open::tell);
  }

  /** Has the service look for what the partition's last owner did not make good. */
  void openAgain(Assigned state) {
    log.info("what was missed in {} is still looked for", state.partition());
    open(state, unknown(state));
  }

  /**
   * The catalog has lost what is no longer in Kafka, and no record will tell of it: of a partition
   * that has not heard of this yet, that is looked for. Returns at once.
   */
  void lookAfterRebuild(Assigned state) {
    if (state.topic() != Topic.RETRY) {
      inBackground("rebuilt", () -> openAfterRebuild(state));
    }
  }

  private void openAfterRebuild(Assigned state) throws InterruptedException {
    String reader = group + " " + state.partition();
    try {
      Optional<Long> rebuild = catalog.rebuildUnknownTo(reader);
      if (rebuild.isPresent()) {
        new Open(state, unknown(state)).tell();
        catalog.noteRebuild(reader, rebuild.get());
      }
    } catch (CatalogException | IllegalStateException e) {
      // It cannot be read, or it was closed.
      log.warn("{}; whether it was rebuilt is asked when {} comes again", e.getMessage(), reader);
    }
  }

  private static Gap unknown(Assigned state) {
    return Gap.ofAll(state.topic(), state.partition().partition());
  }

  @FunctionalInterface
  private interface Interruptible {
    void run() throws InterruptedException;
  }

  private void inBackground(String what, Interruptible task) {
    Thread.ofVirtual()
        .name(group + " " + what)
        .start(
            () -> {
              try {
                task.run();
              } catch (InterruptedException e) {
                log.debug("{}: whoever has the partition next is told", e.getMessage());
              }
            });
  }

  /** Commits a partition's offsets as they are. */
  CommitRequest commit(Assigned state) {
    CommitRequest request = new CommitRequest(state, List.of(), Optional.empty());
    commits.accept(request);
    return request;
  }

  private final class Open implements OpenGap {
    private final Assigned state;
    private final Gap gap;
    private final long number;
    private final CommitRequest kept;

    Open(Assigned state, Gap gap) {
      this.state = state;
      this.gap = gap;
      this.number = state.ledger().openGap();
      this.kept = commit(state);
    }

    /** Tells the service, once Kafka would tell the next process. */
    void tell() throws InterruptedException {
      kept.await();
      listener.accept(this);
    }

    @Override
    public Gap gap() {
      return gap;
    }

    @Override
    public boolean isGone() {
      return state.isGone();
    }

    @Override
    public void madeGood() {
      state.ledger().closeGap(number);
      commit(state);
    }
  }
}
