package dev.longshore.app;

import dev.longshore.events.PollState;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.StateReader;
import dev.longshore.watcher.PollRecords;
import java.io.IOException;
import java.util.Collection;
import java.util.List;

/**
 * How far polls are, as topic {@code polls} says.
 *
 * @param reader reads a partition to its end
 */
record KafkaPolls(StateReader reader) implements PollRecords {
  @Override
  public List<PollState> of(int partition) throws IOException, InterruptedException {
    return states(reader.read(Topic.POLLS, partition));
  }

  /** Of all partitions. */
  List<PollState> all() throws IOException, InterruptedException {
    return states(reader.read(Topic.POLLS));
  }

  private static List<PollState> states(Collection<State> read) {
    return read.stream().filter(PollState.class::isInstance).map(PollState.class::cast).toList();
  }
}
