package dev.longshore.runtime.kafka.record;

import dev.longshore.events.LongshoreRecord;
import java.time.Clock;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Makes records from events of senders other than steps, such as a webhook receiver. */
public final class EventRecords {
  private final Envelopes envelopes;

  /**
   * Records of one sender.
   *
   * @param sender name of the service, for {@code ce_source}
   */
  public EventRecords(String topicPrefix, String sender, Clock clock) {
    this.envelopes = new Envelopes(topicPrefix, sender, clock);
  }

  /**
   * The event as a record for its topic, with the current trace context.
   *
   * @param id CloudEvents id: the same when the same event is sent again
   * @throws IllegalArgumentException when the event takes more than {@link
   *     dev.longshore.events.EventJson#LIMIT} bytes
   */
  public ProducerRecord<String, byte[]> of(LongshoreRecord event, String id) {
    return envelopes.seal(event, id);
  }
}
