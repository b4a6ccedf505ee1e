package dev.longshore.app.hub;

import dev.longshore.app.KafkaConnection;
import dev.longshore.events.SiteCredentialsState;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.hub.access.NotStoredException;
import dev.longshore.resolver.hub.access.SiteCredentialsStore;
import dev.longshore.runtime.kafka.link.KafkaFailure;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.kafka.write.OvertakenException;
import dev.longshore.runtime.kafka.write.StateWriter;
import dev.longshore.runtime.kafka.write.WrittenState;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;

/** Who may speak as a site, in Kafka. */
public final class KafkaSiteCredentials implements SiteCredentialsStore {
  /** For each step of a write; a writer that is killed holds up readers no longer. */
  private static final Duration LIMIT = Duration.ofSeconds(8);

  /** Writers of one site at once: its nodes, hubs that were asked twice, a person. */
  private static final int TRIES = 5;

  private final StateWriter<SiteCredentialsState> writer;

  /**
   * @param sender name of the writing program
   */
  public KafkaSiteCredentials(KafkaSettings kafka, String sender, Clock clock) {
    this.writer =
        new StateWriter<>(
            WrittenState.SITE_CREDENTIALS,
            KafkaConnection.of(kafka),
            kafka.topicPrefix(),
            sender,
            LIMIT,
            clock);
  }

  @Override
  public <X extends Exception> void change(SiteName site, Change<X> change)
      throws X, NotStoredException, InterruptedException {
    OvertakenException overtaken = null;
    for (int i = 0; i < TRIES; i++) {
      try {
        Optional<SiteCredentialsState> _ = writer.write(site.text(), change::after);
        return;
      } catch (OvertakenException e) {
        overtaken = e;
      } catch (KafkaException e) {
        throw new NotStoredException("Kafka: " + KafkaFailure.words(e), e);
      }
    }
    throw new NotStoredException(
        "others write it at the same time, " + TRIES + " times in a row", overtaken);
  }
}
