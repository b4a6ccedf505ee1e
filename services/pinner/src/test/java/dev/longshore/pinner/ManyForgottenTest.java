package dev.longshore.pinner;

import static dev.longshore.catalog.testing.Samples.digest;
import static dev.longshore.catalog.testing.Samples.forget;
import static dev.longshore.catalog.testing.Samples.image;
import static dev.longshore.catalog.testing.Samples.undone;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.DecisionState;
import dev.longshore.testing.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** An image to which so much refers that several decisions forget it. */
class ManyForgottenTest {
  private static final int OF_ONE = 20;

  @Test
  void aForgetOfTwiceAsMuchReadsTwiceAsMuch() {
    readsInProportion(UnaryOperator.identity());
  }

  @Test
  void anUndoOfTwiceAsMuchReadsTwiceAsMuch() {
    readsInProportion(Samples::undone);
  }

  /** One that is taken back early does not hide what another, taken back since, brings back. */
  @Test
  void whatSeveralDecisionsNameIsAskedForWhicheverWasUndoneFirst() {
    try (Catalog catalog = Catalog.inMemory(new ManualClock(Samples.NOW))) {
      RecordLog log = new RecordLog();
      catalog.writer().apply(List.of(log.put(image(1)), log.put(undone(forget("a", 1)))));
      catalog.writer().apply(List.of(log.put(undone(forget("b", 1))), log.put(forget("c", 2))));
      List<String> nudged = new ArrayList<>();

      new ForgottenImages(catalog, new Nudges(new ManualClock(Samples.NOW))).ask(nudged::add);

      assertThat(nudged).containsExactly(image(1).imageDag().toString());
    }
  }

  private static void readsInProportion(UnaryOperator<DecisionState> as) {
    long some = rows(10, as);
    long twice = rows(20, as);

    assertThat(some).isPositive();
    assertThat(twice).isLessThan(some * 5 / 2);
  }

  /** Each decision names the image itself, too; how many rows one round reads. */
  private static long rows(int decisions, UnaryOperator<DecisionState> as) {
    try (Catalog catalog = Catalog.inMemory(new ManualClock(Samples.NOW))) {
      RecordLog log = new RecordLog();
      for (int n = 1; n <= OF_ONE * decisions; n++) {
        catalog.writer().apply(List.of(log.put(image(n).boundTo(digest(0)))));
      }
      for (int d = 0; d < decisions; d++) {
        int from = 1 + OF_ONE * d;
        int[] named =
            IntStream.concat(IntStream.of(0), IntStream.range(from, from + OF_ONE)).toArray();
        catalog.writer().apply(List.of(log.put(as.apply(forget("f" + d, named)))));
      }
      List<String> nudged = new ArrayList<>();
      ForgottenImages forgotten =
          new ForgottenImages(catalog, new Nudges(new ManualClock(Samples.NOW)));
      long before = catalog.rowsRead();

      forgotten.ask(nudged::add);

      assertThat(nudged).hasSize(OF_ONE * decisions);
      return catalog.rowsRead() - before;
    }
  }
}
