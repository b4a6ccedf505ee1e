package dev.longshore.pinner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Cid;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CidEndSetTest {
  @Test
  void eachIsNewOnce() {
    long seed = System.nanoTime();
    List<Cid> cids = cids(new Random(seed), 1_000);
    CidEndSet set = new CidEndSet(1_000);

    assertThat(cids).as("seed " + seed).allMatch(set::add).noneMatch(set::add);
  }

  @Test
  void aFullOneForgetsAll() {
    long seed = System.nanoTime();
    List<Cid> cids = cids(new Random(seed), 11);
    CidEndSet set = new CidEndSet(10);
    cids.forEach(set::add);

    assertThat(set.add(cids.getFirst())).as("seed " + seed).isTrue();
    assertThat(set.add(cids.getLast())).isFalse();
  }

  private static List<Cid> cids(Random random, int count) {
    List<Cid> cids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] hash = new byte[32];
      random.nextBytes(hash);
      cids.add(Cid.raw(hash));
    }
    return cids;
  }
}
