package dev.longshore.resolver.image;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NewestFirstTest {
  @Test
  void newestIsTakenBeforeThoseThatWaitedLonger() throws InterruptedException {
    NewestFirst<String> waiting = new NewestFirst<>(3);
    waiting.add("old");
    waiting.add("new");

    assertThat(waiting.take()).isEqualTo("new");
    assertThat(waiting.take()).isEqualTo("old");
  }

  @Test
  void oldestGivesWayWhenThereAreTooMany() throws InterruptedException {
    NewestFirst<String> waiting = new NewestFirst<>(2);
    waiting.add("oldest");
    waiting.add("old");
    waiting.add("new");

    assertThat(waiting.take()).isEqualTo("new");
    assertThat(waiting.take()).isEqualTo("old");
    waiting.add("newest");
    assertThat(waiting.take()).isEqualTo("newest");
  }
}
