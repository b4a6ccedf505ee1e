package dev.longshore.runtime.kafka.follow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FollowedTopicsTest {
  /** What nothing reads is not followed: a process would pay for every record of it. */
  @Test
  void aProcessFollowsTheTopicsThatItsCatalogKeepsAndNoOther() {
    assertThat(new FollowedTopics("").names())
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
}
