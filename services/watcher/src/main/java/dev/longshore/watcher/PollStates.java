package dev.longshore.watcher;

import dev.longshore.events.PollState;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.kafka.step.Effects;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the polls are, in topic {@code polls}. Who has a partition of the watcher's work polls
 * its repositories, and goes on where the one before stopped. Each state is written by the step, so
 * a process that lost the partition writes nothing.
 */
final class PollStates {
  /** Pause before Kafka is asked again for a partition's states. */
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(PollStates.class);

  private final Pause pause;
  private final Map<String, PollState> known = new ConcurrentHashMap<>();
  private final Map<String, Effects> unwritten = new ConcurrentHashMap<>();
  private final Set<Integer> read = ConcurrentHashMap.newKeySet();
  private volatile @Nullable StepHost host;
  private volatile boolean stopped;

  /** States that nobody else has, and that are kept nowhere. */
  PollStates(Pause pause) {
    this.pause = pause;
  }

  /**
   * Shares the polls with the other watchers.
   *
   * @param heard gets each state of a partition that comes here
   * @param came told when that partition's polls are this process's
   */
  void share(StepHost newHost, PollRecords records, Consumer<PollState> heard, Runnable came) {
    host = newHost;
    newHost.onHeld(
        partition -> {
          read.remove(partition);
          Thread.ofVirtual()
              .name("reads polls " + partition)
              .start(() -> read(records, partition, heard, came));
        });
  }

  private void read(PollRecords records, int partition, Consumer<PollState> heard, Runnable came) {
    while (!stopped) {
      try {
        List<PollState> states = records.of(partition);
        known.keySet().removeIf(key -> KeyPartitions.of(key) == partition);
        states.forEach(state -> known.put(state.key(), state));
        states.forEach(heard);
        read.add(partition);
        came.run();
        return;
      } catch (IOException e) {
        LOG.warn("polls of partition {} wait: {}", partition, e.getMessage());
      } catch (RuntimeException | Error e) { // Otherwise nobody would poll them until a restart.
        LOG.error("polls of partition {} wait", partition, e);
      } catch (InterruptedException e) {
        return;
      }
      try {
        pause.of(AGAIN);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  void stop() {
    stopped = true;
  }

  /** Whether the key's polls are this process's, and it knows how far they are. */
  boolean holds(String key) {
    StepHost at = host;
    return at == null || (read.contains(KeyPartitions.of(key)) && at.holds(Topic.HINTS, key));
  }

  /** What of one registry this process polls. */
  PolledPart ofRegistry(String host) {
    return new PolledPart() {
      @Override
      public boolean holds(String repository) {
        return PollStates.this.holds(host + "/" + repository);
      }

      @Override
      public boolean isAny() {
        return share() > 0;
      }
    };
  }

  /** How much of what all watchers may ask a registry is this one's; all if nobody shares. */
  double share() {
    StepHost at = host;
    return at == null ? 1 : KeyPartitions.share(key -> at.holds(Topic.HINTS, key));
  }

  /** The known states of one registry, by repository. */
  Map<String, PollState> of(String registry) {
    Map<String, PollState> states = new HashMap<>();
    known.values().stream()
        .filter(state -> state.registry().equals(registry) && state.repository() != null)
        .forEach(state -> states.put(String.valueOf(state.repository()), state));
    return states;
  }

  /** Writes the state soon, if the key is this process's. */
  void write(PollState state) {
    if (host != null && holds(state.key())) {
      known.put(state.key(), state);
      ask(state.key(), Effects.of(state));
    }
  }

  /** The same, unless the topic has it. */
  void writeUnlessKnown(PollState state) {
    if (!state.equals(known.get(state.key()))) {
      write(state);
    }
  }

  /** Ends the states of repositories that are gone. */
  void end(String registry, Collection<String> repositories) {
    for (String repository : repositories) {
      String key = registry + "/" + repository;
      if (host != null && holds(key) && known.remove(key) != null) {
        ask(key, Effects.deleting(Topic.POLLS, key));
      }
    }
  }

  private void ask(String key, Effects effects) {
    StepHost at = host;
    unwritten.put(key, effects);
    if (at == null || !at.nudge(Topic.HINTS, key)) {
      unwritten.remove(key, effects);
    }
  }

  /** What the step that was asked for writes. */
  Effects effects(String key) {
    Effects effects = unwritten.remove(key);
    return effects == null ? Effects.NONE : effects;
  }
}
