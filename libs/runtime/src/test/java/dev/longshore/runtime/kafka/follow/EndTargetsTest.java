package dev.longshore.runtime.kafka.follow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Partition;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.Topic;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class EndTargetsTest {
  private static final Map<Topic, String> IDS = Map.of(Topic.TAGS, "t1");
  private static final Partition TAGS = new Partition(Topic.TAGS, 0);
  private final EndTargets targets = new EndTargets();

  @Test
  void anEndIsReachedWhenItWasRead() {
    CompletableFuture<?> end = targets.add(look(3, IDS, 5));

    assertThat(targets.reach(Map.of(TAGS, 4L))).isEmpty();
    targets.reach(Map.of(TAGS, 5L)).orElseThrow().complete();
    assertThat(end).isCompleted();
  }

  @Test
  void anEndThatWasReadBeyondMeanwhileIsOfTheSameTopics() {
    var _ = targets.add(look(3, IDS, 5));

    assertThat(targets.otherThan(IDS)).isEmpty();
    assertThat(targets.reach(Map.of(TAGS, 9L))).isPresent();
  }

  @Test
  void anEndBeforeWhatHadBeenReadIsOfOtherTopics() {
    var _ = targets.add(look(3, IDS, 2));

    assertThat(targets.otherThan(IDS).orElseThrow()).contains("ends before");
  }

  @Test
  void anEndOfTopicsWithOtherIdsIsOfOtherTopicsHoweverFar() {
    var _ = targets.add(look(3, Map.of(Topic.TAGS, "t2"), 5));

    assertThat(targets.otherThan(IDS).orElseThrow()).contains("recreated");
  }

  private static EndLook look(long read, Map<Topic, String> ids, long end) {
    return new EndLook(Samples.NOW, Map.of(TAGS, read), ids, Map.of(TAGS, end));
  }
}
