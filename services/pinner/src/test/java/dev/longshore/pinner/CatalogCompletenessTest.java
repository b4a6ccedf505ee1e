package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.PollState;
import dev.longshore.runtime.config.PollSettings;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.testing.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a catalog that was read from its beginning tells all that copies are let go by. */
class CatalogCompletenessTest {
  private static final Duration MINUTES = Duration.ofMinutes(5);
  private static final String FIRST = "one.example";
  private static final String SECOND = "two.example";

  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final Catalog catalog = Catalog.inMemory(clock);
  private final List<PollState> polls = new ArrayList<>();
  private boolean kafkaIsAway;

  @BeforeEach
  void fill() {
    catalog.writer().complete(clock.instant());
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private CatalogCompleteness polling(String... hosts) {
    List<RegistrySettings> registries = new ArrayList<>();
    registries.add(registry("never.example", null));
    for (String host : hosts) {
      registries.add(registry(host, new PollSettings(MINUTES, List.of("**"))));
    }
    CatalogCompleteness sure =
        new CatalogCompleteness(catalog, new ListedRegistries(registries), MINUTES, clock);
    sure.heed(() -> false);
    sure.heed(
        () -> {
          if (kafkaIsAway) {
            throw new IOException("no broker answers");
          }
          return List.copyOf(polls);
        });
    return sure;
  }

  private static RegistrySettings registry(String host, @Nullable PollSettings poll) {
    return new RegistrySettings(host, host, null, true, List.of(), null, poll);
  }

  private void poll(
      String registry, @Nullable String repository, Instant began, @Nullable Instant ended) {
    polls.add(
        new PollState(
            registry, repository, null, null, began, ended, null, null, null, clock.instant()));
  }

  private void listed(String registry) {
    Instant began = clock.instant();
    clock.advance(Duration.ofSeconds(5));
    poll(registry, null, began, clock.instant());
  }

  /** Long after what it was judged by once. */
  private boolean tellsAllLater(CatalogCompleteness sure) throws InterruptedException {
    clock.advance(Duration.ofHours(5));
    catalog.writer().complete(clock.instant());
    sure.look();
    return sure.tellsAll();
  }

  @Test
  void onceEachPolledRegistryWasListed() throws Exception {
    CatalogCompleteness sure = polling(FIRST, SECOND);
    assertThat(tellsAllLater(sure)).isFalse();
    listed(FIRST);
    assertThat(tellsAllLater(sure)).as("the other was not").isFalse();
    listed(SECOND);
    assertThat(tellsAllLater(sure)).isTrue();
  }

  @Test
  void whatTheyListedIsToBeLookedAtMeanwhile() throws Exception {
    CatalogCompleteness sure = polling(FIRST);
    listed(FIRST);
    sure.look();
    assertThat(sure.tellsAll()).isFalse();
    assertThat(tellsAllLater(sure)).isTrue();
  }

  @Test
  void aLookThatBeganBeforeOrDidNotEndProvesNothing() throws Exception {
    Instant filled = clock.instant();
    poll(FIRST, null, filled.minusSeconds(60), filled.plusSeconds(60));
    poll(FIRST, null, filled.plusSeconds(60), filled.plusSeconds(30));
    poll(FIRST, null, filled.plusSeconds(60), null);
    poll(FIRST, "team/app", filled.plusSeconds(60), filled.plusSeconds(90));
    assertThat(tellsAllLater(polling(FIRST))).isFalse();
  }

  @Test
  void aCatalogThatIsReadFromItsBeginningAnewNeedsAnotherLook() throws Exception {
    CatalogCompleteness sure = polling(FIRST);
    listed(FIRST);
    assertThat(tellsAllLater(sure)).isTrue();

    catalog.writer().startAgain(true);
    catalog.writer().complete(clock.instant());
    assertThat(tellsAllLater(sure)).isFalse();
    listed(FIRST);
    assertThat(tellsAllLater(sure)).isTrue();
  }

  @Test
  void nothingIsKnownWhileThePollsCannotBeRead() throws Exception {
    CatalogCompleteness sure = polling(FIRST);
    listed(FIRST);
    kafkaIsAway = true;
    assertThat(tellsAllLater(sure)).isFalse();
    kafkaIsAway = false;
    assertThat(tellsAllLater(sure)).isTrue();
    kafkaIsAway = true;
    assertThat(tellsAllLater(sure)).as("what was seen stays").isTrue();
  }

  @Test
  void whereNothingIsPolledTimeAloneTells() throws Exception {
    CatalogCompleteness sure = polling();
    assertThat(sure.tellsAll()).isFalse();
    assertThat(tellsAllLater(sure)).isTrue();
  }
}
