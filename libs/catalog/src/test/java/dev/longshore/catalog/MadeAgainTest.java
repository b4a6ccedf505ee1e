package dev.longshore.catalog;

import static dev.longshore.catalog.testing.Samples.dag;
import static dev.longshore.catalog.testing.Samples.forget;
import static dev.longshore.catalog.testing.Samples.image;
import static dev.longshore.catalog.testing.Samples.recipe;
import static dev.longshore.catalog.testing.Samples.undone;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.ImageState;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.testing.ManualClock;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is known of DAGs in whose place others were made. */
class MadeAgainTest {
  private final RecordLog log = new RecordLog();
  private final Catalog catalog = Catalog.inMemory(new ManualClock(Samples.NOW));

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void eachIsFoundByWhatWasMadeInItsPlaceUntilThatRecordEnds() {
    ImageState third = image(1, recipe(), 3).inPlaceOf(image(1, recipe(), 2).inPlaceOf(image(1)));
    put(image(1), third, image(4));

    assertThat(third.formerDags()).containsExactly(dag(2), dag(1));
    assertThat(catalog.conversions().inPlaceOf(dag(1))).containsExactly(third);
    assertThat(catalog.conversions().inPlaceOf(dag(2))).containsExactly(third);
    assertThat(catalog.conversions().inPlaceOf(dag(3))).isEmpty();
    assertThat(catalog.conversions().former(null, 1)).containsExactly(dag(1));
    assertThat(catalog.conversions().former(dag(1), 9)).containsExactly(dag(2));

    catalog.writer().apply(List.of(log.delete(Topic.IMAGES, third.key())));
    assertThat(catalog.conversions().former(null, 9)).isEmpty();
  }

  @Test
  void oneThatIsMadeOnceMoreIsFormerNoLonger() {
    ImageState again = image(1).inPlaceOf(image(1, recipe(), 2).inPlaceOf(image(1)));

    assertThat(again.formerDags()).containsExactly(dag(2));
  }

  @Test
  void aRecordTellsOfTheLastSixteen() {
    ImageState last =
        IntStream.rangeClosed(2, 30)
            .mapToObj(n -> image(1, recipe(), n))
            .reduce(image(1), (before, next) -> next.inPlaceOf(before));

    assertThat(last.formerDags()).hasSize(16).startsWith(dag(29)).endsWith(dag(14));
  }

  @Test
  void itIsForgottenWithItsSourceUnlessAnotherImageIsTheSame() {
    put(image(1, recipe(), 2).inPlaceOf(image(1)), forget("a", 1));
    assertThat(catalog.decisions().isForgotten(dag(1))).isTrue();
    assertThat(catalog.decisions().isForgotten(dag(9))).isFalse();

    put(image(7, recipe(), 1));
    assertThat(catalog.decisions().isForgotten(dag(1))).isFalse();
    assertThat(catalog.decisions().isForgotten(dag(2))).isTrue();

    put(undone(forget("a", 1)));
    assertThat(catalog.decisions().isForgotten(dag(2))).isFalse();
  }

  private void put(State... states) {
    List.of(states).forEach(state -> catalog.writer().apply(List.of(log.put(state))));
  }
}
