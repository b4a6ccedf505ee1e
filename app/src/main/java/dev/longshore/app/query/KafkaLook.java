package dev.longshore.app.query;

import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.query.kafka.KeptKafka;
import dev.longshore.runtime.kafka.link.KafkaFailure;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A question to Kafka, asked while the caller goes on. */
final class KafkaLook<T> implements AutoCloseable {
  /** More than all its parts take at most: it ends what none of their limits ends. */
  private static final Duration LIMIT = Duration.ofSeconds(45);

  private final String what;
  private final FutureTask<T> answer;
  private final Thread thread;

  private KafkaLook(String what, FutureTask<T> answer) {
    this.what = what;
    this.answer = answer;
    this.thread = Thread.ofVirtual().name(what).start(answer);
  }

  /**
   * @param what is asked, for errors
   */
  static <T> KafkaLook<T> begin(
      String what, KafkaSettings kafka, KeptKafka clients, KeptKafka.Question<T> question) {
    return new KafkaLook<>(
        "asking Kafka at %s %s".formatted(String.join(", ", kafka.bootstrapServers()), what),
        new FutureTask<>(() -> clients.ask(kafka, question)));
  }

  T found() throws QueryException, InterruptedException {
    try {
      return answer.get(LIMIT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new QueryException(what + ": " + KafkaFailure.words(e), e);
    } catch (TimeoutException e) {
      throw new QueryException(what + ": no answer within " + LIMIT, e);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
