package dev.longshore.resolver.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.resolver.hub.settings.SiteRuleSettings;
import dev.longshore.rules.TagSettings;
import dev.longshore.sites.Keep;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImagesByNameTest {
  private static final int STEPS = 20_000;
  private static final SiteRuleSettings RULE =
      new SiteRuleSettings(
          List.of("**"), TagSettings.ALL, null, List.of(), Keep.EVERY_NODE, 0, null);

  /** Few names come and go often; hashes that differ in their upper half alone share a place. */
  @ParameterizedTest
  @ValueSource(longs = {1, 1L << 32, 0x9e3779b97f4a7c15L})
  void holdsWhatAMapHoldsHoweverNamesComeAndGo(long apart) {
    Random random = new Random(apart);
    ImagesByName images = new ImagesByName();
    Map<Long, List<NamedImage>> expected = new HashMap<>();
    for (int step = 0; step < STEPS; step++) {
      long name = random.nextInt(500) * apart;
      if (random.nextInt(5) < 2) {
        images.remove(name);
        expected.remove(name);
      } else {
        List<NamedImage> shown = List.of(image(name, step));
        images.put(shown);
        expected.put(name, shown);
      }
      long other = random.nextInt(500) * apart;
      assertThat(images.get(other)).isEqualTo(expected.getOrDefault(other, List.of()));
    }
    assertThat(expected).isNotEmpty().allSatisfy((n, i) -> assertThat(images.get(n)).isSameAs(i));
  }

  private static NamedImage image(long name, int offset) {
    return new NamedImage(name, 1, 0, offset, 2, 3, ModeName.of(Mode.PLAIN), 4, 5, true, 6, RULE);
  }
}
