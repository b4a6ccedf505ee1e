package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.reader.LeafOrder;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecentOrdersTest {
  private final RecentOrders orders = new RecentOrders(10);

  private static ImageDag dag(int number) {
    byte[] hash = new byte[32];
    hash[0] = (byte) number;
    return new ImageDag(Cid.dagPb(hash));
  }

  private static LeafOrder blocks(int number) {
    return new LeafOrder(Collections.nCopies(number, dag(0).cid()), List.of());
  }

  private boolean has(int number) {
    return orders.of(dag(number)).isPresent();
  }

  @Test
  void asManySmallOnesAreKeptAsHaveRoom() {
    for (int number = 1; number <= 6; number++) {
      orders.keep(dag(number), blocks(2));
    }

    assertThat(has(1)).isFalse();
    for (int number = 2; number <= 6; number++) {
      assertThat(has(number)).as("%d", number).isTrue();
    }
  }

  @Test
  void aLargeOneTakesThePlaceOfThoseAskedForLongestAgo() {
    orders.keep(dag(1), blocks(3));
    orders.keep(dag(2), blocks(3));
    assertThat(has(1)).isTrue();

    orders.keep(dag(3), blocks(7));

    assertThat(has(1)).isTrue();
    assertThat(has(2)).isFalse();
    assertThat(has(3)).isTrue();
  }

  @Test
  void oneThatIsLargerThanAllTheRoomIsKeptAloneUntilAnotherComes() {
    orders.keep(dag(1), blocks(3));

    orders.keep(dag(2), blocks(11));

    assertThat(has(1)).isFalse();
    assertThat(has(2)).isTrue();
    orders.keep(dag(3), blocks(1));
    assertThat(has(2)).isFalse();
    assertThat(has(3)).isTrue();
  }

  @Test
  void oneThatIsKeptAgainCountsOnce() {
    for (int time = 0; time < 5; time++) {
      orders.keep(dag(1), blocks(5));
    }
    orders.keep(dag(2), blocks(5));

    assertThat(has(1)).isTrue();
    assertThat(has(2)).isTrue();
  }
}
