package dev.longshore.runtime.kafka;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogException;
import dev.longshore.events.Topic;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the service look for records lost in gaps, and stores in Kafka which gaps are open. A
 * catalog's file records its rebuild until Kafka does, partition by partition.
 */
final class Gaps {
  private static final Logger log = LoggerFactory.getLogger(Gaps.class);

  private final String group;
  private final Catalog catalog;
  private final Consumer<CommitRequest> commits;
  private final Consumer<OpenGap> listener;

  /** Why nobody looks for what some gap lost, until a restart. */
  private final AtomicReference<@Nullable String> defect = new AtomicReference<>();

  /**
   * @param listener called for each open gap, on a separate thread, once Kafka has stored it
   */
  Gaps(String group, Catalog catalog, Consumer<CommitRequest> commits, Consumer<OpenGap> listener) {
    this.group = group;
    this.catalog = catalog;
    this.commits = commits;
    this.listener = listener;
  }

  /** Why nobody looks for what was missed, if so. */
  Optional<String> trouble() {
    return Optional.ofNullable(defect.get());
  }

  /** Stores the gap in Kafka, then makes the service look. Returns at once. */
  void open(Assigned state, Gap gap) {
    Open open = new Open(state, gap);
    inBackground("a gap of " + state.partition(), open::tell);
  }

  /** Makes the service look for what the partition's last owner left missing. */
  void openAgain(Assigned state) {
    log.info("what was missed in {} is still looked for", state.partition());
    open(state, unknown(state));
  }

  /**
   * Handles a catalog that has lost state which Kafka no longer has: opens a gap in each partition
   * that has none for this rebuild yet. Returns at once.
   */
  void lookAfterRebuild(Assigned state) {
    if (state.topic() != Topic.RETRY) {
      inBackground("a rebuild, in " + state.partition(), () -> openAfterRebuild(state));
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
      // The catalog cannot be read, or was closed.
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
                log.debug("{}: the partition's next owner is notified", e.getMessage());
              } catch (RuntimeException | Error e) { // The gap stays open, and nobody looks.
                String text =
                    "%s: what was missed is not looked for until a restart: %s".formatted(what, e);
                defect.set(text);
                log.error("{}", text, e);
              }
            });
  }

  /** Commits a partition's current offsets. */
  CommitRequest commit(Assigned state) {
    CommitRequest request = CommitRequest.ofOffset(state, Optional.empty());
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

    /** Notifies the service, once Kafka would notify the next process. */
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
