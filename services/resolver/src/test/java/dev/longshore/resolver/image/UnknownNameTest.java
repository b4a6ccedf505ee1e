package dev.longshore.resolver.image;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.Tag;
import dev.longshore.resolver.name.Names;
import dev.longshore.resolver.name.Selector;
import dev.longshore.resolver.testing.Edge;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a caller reads whose name leads nowhere. */
class UnknownNameTest {
  private static final Names NO_DEFAULT = new Names(Optional.empty());

  @TempDir Path folder;

  @Test
  void saysWhichPartOfABareNameWasTakenForTheRegistry() throws Exception {
    try (Edge edge = Edge.empty(folder)) {
      assertThatThrownBy(() -> find(edge, "team/app"))
          .hasMessageContaining("team/app:1.1 is not known here")
          .hasMessageContaining("team was taken for its registry")
          .hasMessageContaining("localhost_5000/team/app");
      assertThatThrownBy(() -> find(edge, "localhost_5055/team/app"))
          .hasMessageEndingWith("is not known here with a verified copy");
    }
  }

  private static void find(Edge edge, String path) throws Exception {
    edge.resolve.find(
        NO_DEFAULT.place(path, Optional.empty()), new Selector.ByTag(new Tag("1.1")), "a caller");
  }
}
