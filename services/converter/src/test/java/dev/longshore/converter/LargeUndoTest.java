package dev.longshore.converter;

import static dev.longshore.catalog.testing.Samples.digest;
import static dev.longshore.catalog.testing.Samples.forget;
import static dev.longshore.catalog.testing.Samples.image;
import static dev.longshore.catalog.testing.Samples.tag;
import static dev.longshore.catalog.testing.Samples.undone;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** An image to which so much refers that several decisions forget it. */
class LargeUndoTest {
  private static final String REPOSITORY = "library/nginx";
  private static final int OF_ONE = 20;
  private static final int UNMADE = 30;

  @Test
  void whatAnUndoBringsBackIsFoundInAsManyReadsAsThereAreImages() {
    long some = rowsOfUndo(10);
    long twice = rowsOfUndo(20);

    assertThat(some).isPositive();
    assertThat(twice).isLessThan(some * 5 / 2);
  }

  /** Each decision names the image itself, too; how many rows one look reads. */
  private static long rowsOfUndo(int decisions) {
    TestConverter converter = new TestConverter();
    int referrers = OF_ONE * decisions;
    converter.commit(tag(REPOSITORY, "1", 0));
    for (int n = 1; n <= referrers; n++) {
      converter.commit(tag(REPOSITORY, null, n));
      converter.commit(image(n).boundTo(digest(0)));
    }
    for (int n = 1; n <= UNMADE; n++) {
      converter.commit(tag(REPOSITORY, null, referrers + n));
    }
    for (int d = 0; d < decisions; d++) {
      int from = 1 + OF_ONE * d;
      int[] named =
          IntStream.concat(IntStream.of(0), IntStream.range(from, from + OF_ONE)).toArray();
      converter.commit(undone(forget("f" + d, named)));
    }
    List<String> nudged = new ArrayList<>();
    UndoneForgets undone = converter.undoneForgets(nudged::add);
    long before = converter.catalog.rowsRead();

    undone.round();

    long rows = converter.catalog.rowsRead() - before;
    Set<String> each = new HashSet<>(nudged);
    assertThat(nudged).hasSize(1 + referrers + UNMADE);
    assertThat(each).as("each once").hasSameSizeAs(nudged);
    return rows;
  }
}
