package dev.longshore.converter.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.BlockSink;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.HeldImport;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.InstallationName;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ImportPartsTest {
  private static final InstallationName HERE = new InstallationName("default");
  private static final Duration SHORT = Duration.ofMillis(100);

  private final InMemoryIpfsNode node = new InMemorySwarm().node("ingest");
  private final IngestPeer peer =
      new IngestPeer(
          node, HERE, Duration.ofSeconds(30), IngestPeer.COLLECTION, true, InstantSource.system());
  private final Holds holds = new Holds(peer, HERE, InstantSource.system());
  private final ConversionHold hold = begin();

  private ConversionHold begin() {
    return holds.begin(Digest.of(new byte[1]), 1000, () -> false);
  }

  @Test
  void aSourceThatHangsKeepsNoCollectionWaiting() throws Exception {
    try (ImportParts parts = new ImportParts(hold, soon(), SHORT)) {
      Cid first = put(parts, 1);
      node.collectGarbage(soon());
      Cid second = put(parts, 2);
      parts.finish();
      node.collectGarbage(soon());

      assertThat(node.storedBlocks()).contains(first, second);
    }
    hold.close();
    node.collectGarbage(soon());
    assertThat(node.storedBlocks()).isEmpty();
  }

  @Test
  void aNodeLinksNoMoreThanFitsIntoABlock() throws Exception {
    try (ImportParts parts = new ImportParts(hold, soon(), ImportParts.PART_TIME)) {
      for (int i = 0; i <= ImportParts.PART_BLOCKS; i++) {
        put(parts, i);
      }
      parts.finish();
    }

    assertThat(node.pinned()).hasSize(2);
  }

  @Test
  void aPartThatCannotBeHeldFailsTheImport() throws Exception {
    try (ImportParts parts = new ImportParts(hold, soon(), SHORT)) {
      put(parts, 1);
      node.trouble().failWith(Fault.FULL);

      assertThatThrownBy(parts::finish)
          .isInstanceOfSatisfying(
              KuboException.class, e -> assertThat(e.fault()).isEqualTo(Fault.FULL));
    }
  }

  /** What it did not hold would count as held, and a collection could take it. */
  @Test
  void anErrorWhereAPartIsHeldFailsTheImport() throws Exception {
    CountDownLatch tried = new CountDownLatch(1);
    IngestPeer failing =
        new IngestPeer(
            holdingNothing(tried),
            HERE,
            Duration.ofSeconds(30),
            IngestPeer.COLLECTION,
            true,
            InstantSource.system());
    ConversionHold its =
        new Holds(failing, HERE, InstantSource.system())
            .begin(Digest.of(new byte[1]), 1000, () -> false);
    try (ImportParts parts = new ImportParts(its, soon(), SHORT)) {
      put(parts, 1);
      assertThat(tried.await(20, TimeUnit.SECONDS)).isTrue();

      assertThatThrownBy(parts::finish)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("of a jar that was exchanged");
    }
  }

  private IpfsNode holdingNothing(CountDownLatch tried) {
    return wrapped(
        IpfsNode.class,
        node,
        (_, answer) ->
            answer instanceof HeldImport held
                ? wrapped(
                    HeldImport.class,
                    held,
                    (called, given) -> {
                      if (called.equals("hold")) {
                        tried.countDown();
                        throw new NoSuchMethodError("of a jar that was exchanged");
                      }
                      return given;
                    })
                : answer);
  }

  private static <T> T wrapped(Class<T> type, T inner, BinaryOperator<Object> change) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> {
              try {
                return change.apply(method.getName(), method.invoke(inner, arguments));
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  /** The next try of an encrypted layer has other blocks: each would add to what is held. */
  @Test
  void ofAnImportThatBrokeOffNothingStaysHeldForTheNextTry() throws Exception {
    hold.importBlocks(sink -> put(sink, -1), 8);
    Set<Cid> before = node.pinned().keySet();

    assertThatThrownBy(
            () ->
                hold.importBlocks(
                    sink -> {
                      for (int i = 0; i <= ImportParts.PART_BLOCKS; i++) {
                        put(sink, i);
                      }
                      throw new IOException("broken off");
                    },
                    1000))
        .hasMessage("broken off");
    assertThat(node.pinned()).hasSizeGreaterThan(before.size());
    hold.stays();
    hold.close();

    assertThat(node.pinned()).containsOnlyKeys(before);
  }

  @Test
  void whatWasCarriedIsHeldThoughTheImportThatTookItBrokeOff() throws Exception {
    List<Block> carried = hold.carry(sink -> put(sink, 1));

    assertThatThrownBy(
            () ->
                hold.importBlocks(
                    _ -> {
                      throw new IOException("broken off");
                    },
                    1000))
        .hasMessage("broken off");
    hold.importBlocks(sink -> put(sink, 2), 8);
    node.collectGarbage(soon());

    assertThat(node.storedBlocks()).contains(carried.getFirst().cid());
  }

  @Test
  void twoConversionsOfOneImageHoldABlobTwice() throws Exception {
    Cid blob;
    try (ImportParts parts = new ImportParts(hold, soon(), SHORT)) {
      blob = put(parts, 1);
      parts.finish();
    }
    var file = new DagLink(blob, 8, 8, 1);
    ConversionHold one = begin();
    ConversionHold other = begin();
    one.keepAll(List.of(file), 1000);
    other.keepAll(List.of(file), 1000);
    hold.close();

    one.close();
    node.collectGarbage(soon());

    assertThat(node.storedBlocks()).contains(blob);
    other.close();
    node.collectGarbage(soon());
    assertThat(node.storedBlocks()).isEmpty();
  }

  private static Cid put(BlockSink parts, int number) throws IOException {
    byte[] bytes = ByteBuffer.allocate(8).putLong(number).array();
    Cid cid = Cid.raw(HexFormat.of().parseHex(Digest.of(bytes).hex()));
    parts.put(cid, bytes, 0, bytes.length);
    return cid;
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(20));
  }
}
