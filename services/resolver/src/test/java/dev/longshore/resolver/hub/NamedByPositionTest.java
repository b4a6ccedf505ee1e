package dev.longshore.resolver.hub;

import static dev.longshore.resolver.hub.RunningHub.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.ServedState;
import dev.longshore.resolver.hub.settings.SiteRuleSettings;
import dev.longshore.resolver.testing.States;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against a list that is looked through from its begin to its end. */
class NamedByPositionTest {
  private static final int PARTITIONS = 3;
  private static final int FEW = 400;

  /** Above what is counted one by one. */
  private static final int MANY = 3_000;

  private final SiteRuleSettings rule = rule("**");
  private final NamedByPosition named = new NamedByPosition(PARTITIONS);
  private final List<NamedImage> there = new ArrayList<>();
  private final Random random = new Random(7);

  private NamedImage image(int number, long offset) {
    ServedState served =
        RunningHub.served(
            "registry.test/app",
            "v" + number,
            States.AT.plusSeconds(number * 7_919L % MANY),
            RunningHub.image("registry.test/app", number, "plain"));
    ServedState.Result result = served.results().getFirst();
    return NamedImage.of(served, result, result.bytes(), number % PARTITIONS, offset, rule);
  }

  private void addInAnyOrder(int count) {
    List<Integer> offsets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      offsets.add(i);
    }
    Collections.shuffle(offsets, random);
    for (int offset : offsets) {
      NamedImage image = image(offset, offset);
      there.add(image);
      named.add(List.of(image));
    }
  }

  private void assertAfter(long offset) {
    List<NamedImage> rest = there.stream().filter(image -> image.offset() >= offset).toList();
    NamedByPosition.Rest said = named.after(List.of(offset, offset, offset));

    assertThat(said.images()).isEqualTo(rest.size());
    assertThat(said.bytes()).isEqualTo(rest.stream().mapToLong(NamedImage::bytes).sum());
    assertThat(said.oldest())
        .isEqualTo(rest.stream().min(Comparator.comparingLong(NamedImage::since)).orElse(null));
    assertThat(named.listAfter(List.of(offset, offset, offset), MANY))
        .containsExactlyInAnyOrderElementsOf(rest)
        .isSortedAccordingTo(
            Comparator.comparingInt(NamedImage::partition).thenComparingLong(NamedImage::offset));
  }

  private void moveSome(int count, int times) {
    for (int i = 0; i < times; i++) {
      NamedImage gone = there.remove(random.nextInt(there.size()));
      named.remove(List.of(gone));
      named.remove(List.of(gone)); // it is not there any more
      NamedImage moved = image(count + i, count + i);
      there.add(moved);
      named.add(List.of(moved));
    }
  }

  @Test
  void ofFewNamesEachPlaceAndMoveIsSeen() {
    addInAnyOrder(FEW);
    assertAfter(0);
    moveSome(FEW, 100);

    for (long offset : List.of(0L, 1L, 77L, 399L, 450L, 499L, 500L)) {
      assertAfter(offset);
    }
  }

  @Test
  void ofManyNamesSumsAreThoseOfTheNames() {
    addInAnyOrder(MANY);
    for (long offset : List.of(0L, 1L, 999L, 1_999L, 2_001L, 2_999L)) {
      assertAfter(offset);
    }
    // More than what sums may lack.
    moveSome(MANY, 100);
    assertAfter(0);
    assertAfter(1_000);
  }
}
