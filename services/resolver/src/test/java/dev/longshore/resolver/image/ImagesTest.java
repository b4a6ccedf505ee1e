package dev.longshore.resolver.image;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.longshore.resolver.image.member.MemberTable;
import dev.longshore.resolver.testing.Edge;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImagesTest {
  @TempDir Path folder;

  @Test
  void whoeverWaitsForAnImageHearsOfAnErrorToo() throws Exception {
    try (Edge edge = Edge.with(folder, withoutMemory(new InMemoryMembers()))) {
      ImageVariant form = edge.listing.dag(edge.mirror(1).dag()).orElseThrow().layout();

      assertTimeoutPreemptively(
          Duration.ofSeconds(20),
          () ->
              assertThatThrownBy(() -> edge.images.expand(form))
                  .hasRootCauseInstanceOf(OutOfMemoryError.class));
    }
  }

  /** The same table, but nothing more can be kept. */
  private static MemberTable withoutMemory(MemberTable table) {
    return (MemberTable)
        Proxy.newProxyInstance(
            MemberTable.class.getClassLoader(),
            new Class<?>[] {MemberTable.class},
            (_, method, arguments) -> {
              if (method.getName().equals("put")) {
                throw new OutOfMemoryError("as if");
              }
              return method.invoke(table, arguments);
            });
  }
}
