package dev.longshore.app;

import dev.longshore.runtime.service.lifecycle.Part;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topic check for a program that must start while Kafka is away: wrong topics fail the start,
 * and a silent Kafka is asked until it answers.
 */
final class LateTopicCheck implements Part {
  /** Time that a start waits for a Kafka that may be away: an edge's clients wait for the start. */
  private static final Duration FIRST = Duration.ofSeconds(5);

  private static final Duration LATER = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final Logger LOG = LoggerFactory.getLogger(LateTopicCheck.class);

  private final HintTarget look;
  private final Duration pause;
  private final AtomicReference<@Nullable String> problem = new AtomicReference<>();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread = Thread.ofVirtual().name("topics").unstarted(this::askUntilRight);

  /** The problems of the topics; empty if none. */
  @FunctionalInterface
  interface HintTarget {
    Optional<String> problem(Duration limit) throws InterruptedException;
  }

  LateTopicCheck(HintTarget look) {
    this(look, PAUSE);
  }

  LateTopicCheck(HintTarget look, Duration pause) {
    this.look = look;
    this.pause = pause;
  }

  @Override
  public String name() {
    return "topics";
  }

  @Override
  public void start() throws InterruptedException {
    Optional<String> found;
    try {
      found = look.problem(FIRST);
    } catch (KafkaException e) {
      LOG.warn("{}; what is known is served meanwhile, and Kafka is asked again", e.getMessage());
      thread.start();
      return;
    }
    if (found.isPresent()) {
      throw new IllegalStateException(found.get());
    }
  }

  /** Whether Kafka answered at the start. */
  boolean reached() {
    return thread.getState() == Thread.State.NEW;
  }

  /** The result of a later check; empty while Kafka is away, since its topics are unknown then. */
  Optional<String> problem() {
    return Optional.ofNullable(problem.get());
  }

  private void askUntilRight() {
    try {
      while (!stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS) && !isRight()) {
        LOG.debug("the topics are looked at again in {}", pause);
      }
    } catch (InterruptedException e) {
      LOG.debug("the look at the topics ends");
    }
  }

  private boolean isRight() throws InterruptedException {
    try {
      String found = look.problem(LATER).orElse(null);
      if (found != null && !found.equals(problem.get())) {
        LOG.error("{}", found);
      }
      problem.set(found);
      return found == null;
    } catch (KafkaException e) {
      LOG.debug("Kafka is still away: {}", e.getMessage());
      return false;
    } catch (RuntimeException | Error e) { // The next look must come, and somebody must know.
      String text = "the topics could not be looked at: " + e;
      if (!text.equals(problem.get())) {
        LOG.error("{}", text, e);
      }
      problem.set(text);
      return false;
    }
  }

  @Override
  public void stop(Duration drain) throws InterruptedException {
    stopped.countDown();
    if (thread.isAlive()) {
      thread.interrupt();
      thread.join(drain);
    }
  }
}
