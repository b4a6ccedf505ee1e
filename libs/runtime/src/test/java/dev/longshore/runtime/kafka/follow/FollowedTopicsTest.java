package dev.longshore.runtime.kafka.follow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import org.junit.jupiter.api.Test;

class FollowedTopicsTest {
  /** What nothing reads is not followed: a process would pay for every record of it. */
  @Test
  void aProcessFollowsTheTopicsThatItsCatalogKeepsAndNoOther() {
    assertThat(new FollowedTopics("", Catalog.TOPICS).names())
        .containsExactlyInAnyOrder(
            "tags",
            "images",
            "blobs",
            "pins",
            "copies",
            "peers",
            "served",
            "decisions",
            "failed",
            "retry");
  }

  @Test
  void pullsAreFollowedOnlyWhereRetentionAsksForThem() {
    assertThat(new FollowedTopics("l.", Catalog.TOPICS_AND_PULLS).names())
        .hasSize(Catalog.TOPICS.size() + 1)
        .contains("l.pulls");
  }
}
