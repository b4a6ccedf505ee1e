package dev.longshore.watcher;

import dev.longshore.events.PollState;
import java.io.IOException;
import java.util.List;

/** Reads what topic {@code polls} holds. */
@FunctionalInterface
public interface PollRecords {
  /** All states of one partition, in any order. */
  List<PollState> of(int partition) throws IOException, InterruptedException;
}
