package dev.longshore.runtime.testing;

import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.dispatch.Handler;
import dev.longshore.runtime.kafka.dispatch.Result;
import dev.longshore.runtime.kafka.record.Inbound;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** One service in a {@link Simulation}. */
final class SimulatedService {
  /** One try more than a double needs that fails every other call. */
  static final int TRIES = 3;

  private final Simulation simulation;
  private final MemoryService service;

  /** Steps under way, by key. */
  private final Map<String, Turn> turns = new LinkedHashMap<>();

  /** Messages that have not ended, in the order of their arrival. */
  private final Map<Topic, Backlog> backlogs = new EnumMap<>(Topic.class);

  /** How often parked messages were tried since {@link #retryAgain}. */
  private final Map<Place, Integer> tries = new HashMap<>();

  private final Set<Inbound> nudges = new LinkedHashSet<>();
  private Runnable restart = () -> {};

  SimulatedService(Simulation simulation, MemoryService service) {
    this.simulation = simulation;
    this.service = service;
    service.catchUp();
  }

  void onCrash(Runnable action) {
    restart = action;
  }

  void retryAgain() {
    tries.clear();
  }

  void nudge(Topic topic, String key) {
    nudges.add(Inbound.nudge(topic, key, Instant.EPOCH));
  }

  /** All that could happen next but trying parked messages again. */
  List<Runnable> moves() {
    List<Runnable> moves = new ArrayList<>();
    follow(moves);
    turns.forEach((key, turn) -> moves.add(() -> resume(key, turn)));
    for (Inbound nudge : nudges) {
      if (!turns.containsKey(nudge.key())) {
        moves.add(
            () -> {
              nudges.remove(nudge);
              begin(nudge, Optional.empty());
            });
      }
    }
    first(false).forEach((place, in) -> moves.add(() -> begin(in, Optional.of(place))));
    return moves;
  }

  /** Parked messages to be tried again. */
  List<Runnable> retries() {
    List<Runnable> moves = new ArrayList<>();
    first(true)
        .forEach(
            (place, in) -> {
              if (tries.getOrDefault(place, 0) < TRIES) {
                moves.add(() -> begin(in, Optional.of(place)));
              }
            });
    return moves;
  }

  int parked() {
    return first(true).size();
  }

  private void follow(List<Runnable> moves) {
    Cursors followed = service.followed();
    for (Topic topic : followed.topics()) {
      for (int partition = 0; partition < Topic.PARTITIONS; partition++) {
        int at = partition;
        for (ConsumerRecord<String, byte[]> record : followed.peek(topic, partition)) {
          moves.add(
              () -> {
                followed.advance(topic, at);
                service.follow(record);
              });
        }
      }
    }
  }

  /** The first message of each key that has not ended, of those keys that are not at work. */
  private Map<Place, Inbound> first(boolean parked) {
    Map<Place, Inbound> first = new LinkedHashMap<>();
    for (Topic topic : service.topics()) {
      if (parked == (topic == Topic.RETRY)) {
        Set<String> keys = new HashSet<>();
        backlogs
            .computeIfAbsent(topic, _ -> new Backlog(topic))
            .open()
            .forEach(
                (place, in) -> {
                  if (keys.add(in.key()) && !turns.containsKey(in.key())) {
                    first.put(place, in);
                  }
                });
      }
    }
    return first;
  }

  /** What is left of one topic: looked through again and again, so kept instead of searched. */
  private final class Backlog {
    private final Topic topic;
    private final Map<Place, Inbound> open = new LinkedHashMap<>();
    private int seen;

    Backlog(Topic topic) {
      this.topic = topic;
    }

    Map<Place, Inbound> open() {
      for (ConsumerRecord<String, byte[]> record : simulation.log().since(topic, seen)) {
        seen++;
        service.inbound(record).ifPresent(in -> open.put(Place.of(record), in));
      }
      open.keySet().removeAll(service.finished());
      return open;
    }
  }

  private void begin(Inbound in, Optional<Place> place) {
    Turn[] self = new Turn[1];
    self[0] = new Turn(service.id().service() + " " + in.key(), () -> handle(self[0], in, place));
    turns.put(in.key(), self[0]);
    place.ifPresent(at -> tries.merge(at, 1, Integer::sum));
    if (in.parked() != null) {
      // The simulation's choice of this move stands for the end of the pause, also of endpoints
      // that an earlier try of the message met.
      service.endpoints().snapshot().forEach(e -> service.endpoints().succeeded(e.name()));
    }
    resume(in.key(), self[0]);
  }

  private void resume(String key, Turn turn) {
    simulation.move(this, turn);
    if (turn.hasEnded()) {
      turns.remove(key, turn);
    }
  }

  private void handle(Turn turn, Inbound in, Optional<Place> place) {
    try {
      Handler handler = service.handler();
      Result result =
          handler.handle(
              in,
              records -> {
                commit(turn, records, Optional.empty());
                turn.pause();
              });
      if (in.parked() != null && result instanceof Result.Away) {
        return;
      }
      commit(turn, result.records(), place);
      if (result instanceof Result.Settled settled) {
        Handler.runAfterCommit(settled.afterCommit());
      }
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts simulated steps", e);
    }
  }

  private void commit(
      Turn turn, List<ProducerRecord<String, byte[]>> records, Optional<Place> ending) {
    maybeCrash(turn);
    List<ConsumerRecord<String, byte[]>> committed = simulation.append(records);
    ending.ifPresent(service.finished()::add);
    maybeCrash(turn);
    committed.forEach(service::follow);
  }

  /** Step: returns unless its process is killed here. */
  void maybeCrash(Turn turn) {
    if (simulation.crashes()) {
      crash();
      turn.abandon();
    }
  }

  /** Forgets all that a killed process forgets, and begins as one that starts. */
  void crash() {
    turns.clear();
    nudges.clear();
    tries.clear();
    service.catchUp();
    restart.run();
  }
}
