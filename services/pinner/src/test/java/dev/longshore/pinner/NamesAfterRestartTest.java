package dev.longshore.pinner;

import static dev.longshore.pinner.NameBed.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.DecisionState;
import dev.longshore.events.RemovalReason;
import dev.longshore.events.Topic;
import dev.longshore.model.Mode;
import dev.longshore.rules.RuleSettings;
import dev.longshore.runtime.kafka.StepHost;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.testing.Eventually;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The store knows which names were looked at: a start looks at what changed. */
@Timeout(60)
final class NamesAfterRestartTest {
  private static final int NAMES = 40;
  private static final RuleSettings BOTH =
      new RuleSettings("**", List.of(Mode.PLAIN, Mode.ESTARGZ), List.of(), 3, 1, null);

  private static final RuleSettings NOTHING =
      new RuleSettings("**", List.of(), List.of(), 3, 1, null);

  private final Between between = new Between();

  @Test
  void noNameIsLookedAtAgainAfterARestartButThoseThatChanged() {
    try (NameBed bed = withNames()) {
      bed.pinner.stop();
      bed.tag("w0", "B", "A");
      bed.converted("B", Mode.PLAIN);
      bed.verified("B", Mode.PLAIN);

      bed.restart(between::over);

      bed.awaitShown("w0", "B", Mode.PLAIN);
      bed.awaitLooked();
      assertThat(between.looked).containsOnly(key("w0"));
    }
  }

  @Test
  void aSecondCopyIsNoChange() {
    try (NameBed bed = withNames()) {
      bed.restart(between::over);
      bed.verified("A", Mode.PLAIN);
      bed.tag("next", "A");
      bed.awaitShown("next", "A", Mode.PLAIN);
      bed.awaitLooked();

      assertThat(between.looked).containsOnly(key("next"));
    }
  }

  @Test
  void anUndoneForgetIsAChangeOfWhatItNamedAlone() {
    try (NameBed bed = withNames()) {
      bed.tag("secret", "S");
      bed.converted("S", Mode.PLAIN);
      bed.verified("S", Mode.PLAIN);
      bed.awaitShown("secret", "S", Mode.PLAIN);
      DecisionState decision = bed.forgotten("S");
      bed.await("secret", state -> state.removed() == RemovalReason.FORGOTTEN);
      bed.awaitLooked();
      bed.pinner.stop();
      bed.undone(decision);

      bed.restart(between::over);

      bed.awaitShown("secret", "S", Mode.PLAIN);
      bed.awaitLooked();
      assertThat(between.looked)
          .containsOnly(key("secret"), NameBed.APP + "@" + NameBed.digest("S"));
    }
  }

  @Test
  void otherRulesHaveAllNamesLookedAtOnce() {
    try (NameBed bed = withNames()) {
      bed.restart(between::over, BOTH);
      bed.awaitLooked();
      assertThat(between.looked).hasSize(NAMES);

      between.looked.clear();
      bed.restart(between::over, BOTH);
      bed.tag("next", "A");
      bed.awaitShown("next", "A", Mode.PLAIN);
      bed.awaitLooked();
      assertThat(between.looked).containsOnly(key("next"));
    }
  }

  /** What a change led to while others applied does not count. */
  @Test
  void rulesThatCameAndWentHaveAllNamesLookedAt() {
    try (NameBed bed = withNames()) {
      bed.restart(between::over);
      bed.pinner.configure(BOTH);
      bed.awaitLooked();
      between.looked.clear();

      bed.restart(between::over);
      bed.awaitLooked();
      assertThat(between.looked).hasSize(NAMES);
    }
  }

  /** The process is killed after it requested the step, which never runs. */
  @Test
  void aRequestThatAKillLostIsRepeatedAfterTheRestart() {
    try (NameBed bed = withNames()) {
      between.swallows = true;
      bed.restart(between::over);
      bed.tag("v1", "A");
      bed.awaitLookedAt(between.swallowed, key("v1"));
      between.swallows = false;

      bed.restart(between::over);

      bed.awaitShown("v1", "A", Mode.PLAIN);
    }
  }

  /** Killed in the middle of a look at all names: the partition counts as looked at. */
  @Test
  void requestsOfALookAtAllNamesThatAKillLostAreRepeatedAfterTheRestart() {
    try (NameBed bed = withNames()) {
      between.swallows = true;
      bed.restart(between::over, NOTHING);
      for (int i = 0; i < NAMES; i++) {
        bed.awaitLookedAt(between.swallowed, key("w" + i));
      }
      Eventually.await("marks", () -> bed.marked() == Topic.PARTITIONS);
      between.swallows = false;

      bed.restart(between::over, NOTHING);

      for (int i = 0; i < NAMES; i++) {
        bed.await("w" + i, state -> state.removed() == RemovalReason.EXCLUDED);
      }
    }
  }

  @Test
  void aRequestThatCameToNothingIsRepeatedAfterAMinute() {
    try (NameBed bed = withNames()) {
      between.swallows = true;
      bed.restart(between::over);
      bed.tag("v1", "A");
      bed.awaitLookedAt(between.swallowed, key("v1"));
      between.swallows = false;

      Eventually.await(
          "another request",
          () -> {
            bed.clock.advance(NameWatch.AGAIN);
            return bed.record(key("v1")).isPresent();
          });
    }
  }

  /** Partitions come one after the other: nothing is lost, and nothing is looked at twice. */
  @Test
  void aChangeOfAPartitionThatIsStillToComeWaitsForIt() {
    try (NameBed bed = withNames()) {
      bed.pinner.stop();
      bed.tag("v1", "A");
      int partition = KeyPartitions.of(key("v1"));
      between.away.add(partition);
      bed.restart(between::over);
      bed.tag("other", "A");
      bed.awaitLookedAt(between.asked, key("v1"));

      between.comes(partition);

      bed.awaitShown("v1", "A", Mode.PLAIN);
      bed.awaitLooked();
      assertThat(between.looked).containsOnly(key("v1"), key("other"));
    }
  }

  @Test
  void aPartitionThatAnotherProcessHadIsLookedAtAsAWhole() {
    try (NameBed bed = withNames()) {
      int partition = KeyPartitions.of(key("v1"));
      between.away.add(partition);
      bed.restart(between::over);
      bed.clock.advance(NameWatch.AGAIN.plusSeconds(1));
      bed.tag("v1", "A");
      Eventually.await("the mark to end", () -> bed.marked() == Topic.PARTITIONS - 1);
      Eventually.await("no change", () -> bed.pinner.catalog.looks().after(0, 1).isEmpty());

      between.comes(partition);

      bed.awaitShown("v1", "A", Mode.PLAIN);
      bed.awaitLooked();
    }
  }

  /** All names show an image, and were looked at. */
  private static NameBed withNames() {
    NameBed bed = new NameBed();
    bed.converted("A", Mode.PLAIN);
    bed.verified("A", Mode.PLAIN);
    for (int i = 0; i < NAMES; i++) {
      bed.tag("w" + i, "A");
    }
    for (int i = 0; i < NAMES; i++) {
      bed.awaitShown("w" + i, "A", Mode.PLAIN);
    }
    bed.awaitLooked();
    return bed;
  }

  /** What a pinner asks its host, which has only some partitions and may lose requests. */
  private static final class Between {
    final Set<String> looked = ConcurrentHashMap.newKeySet();
    final Set<String> asked = ConcurrentHashMap.newKeySet();
    final Set<String> swallowed = ConcurrentHashMap.newKeySet();
    final Set<Integer> away = ConcurrentHashMap.newKeySet();
    volatile boolean swallows;
    private final List<IntConsumer> listeners = new CopyOnWriteArrayList<>();

    StepHost over(StepHost host) {
      listeners.clear();
      return (StepHost)
          Proxy.newProxyInstance(
              StepHost.class.getClassLoader(),
              new Class<?>[] {StepHost.class},
              (_, method, arguments) ->
                  switch (method.getName()) {
                    case "onHeld" -> {
                      IntConsumer listener = (IntConsumer) arguments[0];
                      listeners.add(listener);
                      IntConsumer some =
                          partition -> {
                            if (!away.contains(partition)) {
                              listener.accept(partition);
                            }
                          };
                      yield method.invoke(host, some);
                    }
                    case "holds" -> holds((String) arguments[1]);
                    case "nudge" ->
                        swallows
                            ? swallowed.add((String) arguments[1]) || swallows
                            : method.invoke(host, arguments);
                    default -> method.invoke(host, arguments);
                  });
    }

    private boolean holds(String key) {
      asked.add(key);
      boolean holds = !away.contains(KeyPartitions.of(key));
      return holds && (looked.add(key) || holds);
    }

    void comes(int partition) {
      away.remove(partition);
      listeners.forEach(listener -> listener.accept(partition));
    }
  }
}
