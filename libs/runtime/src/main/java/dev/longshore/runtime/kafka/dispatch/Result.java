package dev.longshore.runtime.kafka.dispatch;

import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The result of handling a record once. */
public sealed interface Result {
  /** Records for the transaction that ends the record. */
  List<ProducerRecord<String, byte[]>> records();

  /**
   * The record is done: its effects, or a permanent failure.
   *
   * @param afterCommit external work after the commit
   */
  record Settled(List<ProducerRecord<String, byte[]>> records, List<Runnable> afterCommit)
      implements Result {
    public Settled {
      records = List.copyOf(records);
      afterCommit = List.copyOf(afterCommit);
    }
  }

  /**
   * An endpoint is away.
   *
   * @param endpoint its name
   * @param records the record for {@code retry}: the parked record, or a note that it is still
   *     parked; none for a nudge, which its sender repeats
   */
  record Away(String endpoint, List<ProducerRecord<String, byte[]>> records) implements Result {
    public Away {
      records = List.copyOf(records);
    }
  }
}
