package dev.longshore.runtime.kafka.follow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.runtime.kafka.topics.ServiceRights;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FollowedTopicsTest {
  /** What nothing reads is not followed: a process would pay for every record of it. */
  @Test
  void aProcessFollowsTheTopicsThatItsServicesReadFromACatalogAndNoOther() {
    String[] ofAll = {"tags", "images", "blobs", "pins", "peers", "failed", "retry"};
    assertThat(followed("watcher", "converter")).containsExactlyInAnyOrder(ofAll);
    assertThat(followed("resolver")).contains(ofAll).contains("served");
    assertThat(followed("watcher", "pinner")).contains(ofAll).contains("served");
  }

  private static Set<String> followed(String... services) {
    return new FollowedTopics("", ServiceRights.followed(List.of(services))).names();
  }
}
