package dev.longshore.runtime.kafka.dispatch;

import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What came of handling a record once. */
public sealed interface Result {
  /** What is written in the transaction that ends the record. */
  List<ProducerRecord<String, byte[]>> records();

  /**
   * The record is done: its effects, or a failure for good.
   *
   * @param afterCommit outside work that follows the commit
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
   * @param records the record for {@code retry}: what is parked, or that it is parked still; none
   *     for a nudge, which whoever nudges repeats
   */
  record Away(String endpoint, List<ProducerRecord<String, byte[]>> records) implements Result {
    public Away {
      records = List.copyOf(records);
    }
  }
}
