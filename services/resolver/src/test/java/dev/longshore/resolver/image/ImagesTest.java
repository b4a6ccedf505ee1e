package dev.longshore.resolver.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.model.Cid;
import dev.longshore.resolver.content.BlobCache;
import dev.longshore.resolver.content.VerifiedContents;
import dev.longshore.resolver.image.member.MemberTable;
import dev.longshore.resolver.testing.Edge;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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

  @Test
  void nodeIsAskedForNothingTwiceWhileAnImageIsRead() throws Exception {
    List<String> calls = Collections.synchronizedList(new ArrayList<>());
    try (Edge edge = Edge.empty(folder.resolve("edge"));
        VerifiedContents contents = contents(noting(edge.own, calls), edge);
        Images images = new Images(new InMemoryMembers(), contents, edge.clock)) {
      ImageVariant form = edge.listing.dag(edge.mirror(1).dag()).orElseThrow().layout();

      images.expand(form);

      assertThat(calls)
          .contains("holds " + form.cid(), "block " + form.cid())
          .doesNotHaveDuplicates();
    }
  }

  private VerifiedContents contents(IpfsNode node, Edge edge) throws IOException {
    BlobCache cache = new BlobCache(folder.resolve("cache"), 1 << 20, edge.clock);
    return new VerifiedContents(node, cache, 16, Duration.ofSeconds(20), edge.meter, edge.clock);
  }

  /** The same node, which notes what it is asked about which CID. */
  private static IpfsNode noting(IpfsNode node, List<String> calls) {
    return (IpfsNode)
        Proxy.newProxyInstance(
            IpfsNode.class.getClassLoader(),
            new Class<?>[] {IpfsNode.class},
            (_, method, arguments) -> {
              if (arguments != null && arguments[0] instanceof Cid cid) {
                calls.add(method.getName() + " " + cid);
              }
              try {
                return method.invoke(node, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
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
