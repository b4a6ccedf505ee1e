package dev.longshore.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.Topic;
import dev.longshore.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CatalogTroubleTest {
  private static final String KEY = "localhost:5055/app:1";

  private final RecordLog log = new RecordLog();
  private final Catalog catalog = Catalog.inMemory(new ManualClock(Samples.NOW));

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void theLastTroubleOfEachStageIsKnown() {
    add(Topic.RETRY, parked("convert", 1));
    add(Topic.RETRY, parked("convert", 2));
    add(Topic.FAILED, WorkFailure.of(Samples.failed(KEY)));
    add(Topic.RETRY, parked("pin", 4));

    assertThat(catalog.failures().of(KEY))
        .containsExactly(WorkFailure.of(Samples.failed(KEY)), parked("pin", 4));
    assertThat(catalog.failures().of("other")).isEmpty();
    assertThat(catalog.failures().newest(1)).containsExactly(parked("pin", 4));
    assertThat(catalog.totals().permanentTroubles()).isEqualTo(1);
    assertThat(catalog.totals().transientTroubles()).isEqualTo(1);
  }

  @Test
  void aTroubleThatIsOverIsForgottenEvenWhenItsTopicIsReadLater() {
    CatalogRecord parked = log.trouble(Topic.RETRY, parked("convert", 1));
    CatalogRecord failed = log.trouble(Topic.FAILED, WorkFailure.of(Samples.failed(KEY)));
    CatalogRecord over = log.trouble(Topic.RETRY, over("convert"));

    catalog.writer().apply(List.of(parked, over));
    assertThat(catalog.failures().of(KEY)).isEmpty();
    catalog.writer().apply(List.of(failed));
    assertThat(catalog.failures().of(KEY)).isEmpty();
    assertThat(catalog.failures().newest(10)).isEmpty();
    assertThat(catalog.totals().permanentTroubles()).isZero();
  }

  @Test
  void theNextTryOfAnEndpointIsThatOfAllThatWaitsForIt() {
    Instant first = Samples.NOW.plusSeconds(10);
    Instant second = Samples.NOW.plusSeconds(40);
    add(Topic.RETRY, waiting("one", "registry a", first));
    add(Topic.RETRY, waiting("other", "registry a", second));
    add(Topic.RETRY, waiting("elsewhere", "registry b", second.plusSeconds(9)));

    assertThat(catalog.failures().of("one").getFirst().nextTry()).isEqualTo(second);
    assertThat(catalog.failures().newest(10))
        .filteredOn(t -> "registry a".equals(t.endpoint()))
        .hasSize(2)
        .allSatisfy(t -> assertThat(t.nextTry()).isEqualTo(second));
    add(
        Topic.RETRY,
        new WorkFailure(
            "other", "convert", WorkFailure.Kind.OVER, "OVER", null, "", 0, first, null));
    assertThat(catalog.failures().of("one").getFirst().nextTry()).isEqualTo(first);
  }

  private static WorkFailure waiting(String key, String endpoint, Instant nextTry) {
    return new WorkFailure(
        key,
        "convert",
        WorkFailure.Kind.TRANSIENT,
        WorkFailure.TRANSIENT,
        endpoint,
        "connection refused",
        1,
        Samples.NOW,
        nextTry);
  }

  @Test
  void listenersHearOfTroubles() {
    List<CatalogRecord> told = new ArrayList<>();
    var _ = catalog.onChange(told::add);
    CatalogRecord record = log.trouble(Topic.RETRY, parked("convert", 1));
    catalog.writer().apply(List.of(record));
    catalog.writer().apply(List.of(record));

    assertThat(told).containsExactly(record);
  }

  @Test
  void aTroubleIsForgottenWhenItsTopicHasForgottenIt() {
    CatalogRecord record = log.trouble(Topic.FAILED, WorkFailure.of(Samples.failed(KEY)));
    catalog.writer().apply(List.of(record));

    catalog.writer().complete(record.appendedAt().plus(Duration.ofDays(7)));
    assertThat(catalog.failures().of(KEY)).hasSize(1);
    catalog.writer().complete(record.appendedAt().plus(Duration.ofDays(7)).plusMillis(1));
    assertThat(catalog.failures().of(KEY)).isEmpty();
  }

  private void add(Topic topic, WorkFailure trouble) {
    catalog.writer().apply(List.of(log.trouble(topic, trouble)));
  }

  private static WorkFailure parked(String stage, int attempt) {
    return new WorkFailure(
        KEY,
        stage,
        WorkFailure.Kind.TRANSIENT,
        WorkFailure.TRANSIENT,
        "registry localhost:5055",
        "GET /v2/ at localhost:5055: connection refused",
        attempt,
        Samples.NOW,
        null);
  }

  private static WorkFailure over(String stage) {
    return new WorkFailure(
        KEY, stage, WorkFailure.Kind.OVER, "OVER", null, "", 0, Samples.NOW, null);
  }
}
