package dev.longshore.pinner;

import dev.longshore.events.PollState;
import java.io.IOException;
import java.util.Collection;

/** How far the polls of all registries are, in topic {@code polls}. */
@FunctionalInterface
public interface Polls {
  /** Where nobody reads the topic. */
  Polls UNREAD =
      () -> {
        throw new IOException("nobody reads it here");
      };

  /** All states, as they are now. */
  Collection<PollState> read() throws IOException, InterruptedException;
}
