package dev.longshore.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class UnreadTest {
  private static final Instant BEGUN = Instant.parse("2026-01-01T12:00:00Z");
  private final Unread unread = new Unread(BEGUN);

  @Test
  void nothingWaitsWhereAllIsRead() {
    assertThat(unread.since()).isEmpty();
    unread.read(BEGUN.minusSeconds(5));
    unread.looked(false, BEGUN.plusSeconds(1));
    assertThat(unread.since()).isEmpty();
  }

  @Test
  void whatWaitedBeforeThePartitionCameCountsFromTheLastRecordThatWasRead() {
    unread.looked(true, BEGUN.plusSeconds(60));
    assertThat(unread.since()).as("before anything was read").contains(BEGUN);

    unread.read(BEGUN.minusSeconds(7200));
    unread.looked(true, BEGUN.plusSeconds(61));
    assertThat(unread.since()).contains(BEGUN.minusSeconds(7200));

    unread.looked(false, BEGUN.plusSeconds(70));
    assertThat(unread.since()).isEmpty();
  }

  @Test
  void aRecordAfterALongRestIsNew() {
    unread.read(BEGUN.minusSeconds(7200));
    unread.looked(false, BEGUN.plusSeconds(3600));
    unread.looked(true, BEGUN.plusSeconds(3601));
    assertThat(unread.since()).contains(BEGUN.plusSeconds(3600));

    unread.looked(true, BEGUN.plusSeconds(5000));
    assertThat(unread.since()).as("nothing was read since").contains(BEGUN.plusSeconds(3600));

    unread.read(BEGUN.plusSeconds(4000));
    unread.looked(true, BEGUN.plusSeconds(5001));
    assertThat(unread.since()).contains(BEGUN.plusSeconds(4000));
  }
}
