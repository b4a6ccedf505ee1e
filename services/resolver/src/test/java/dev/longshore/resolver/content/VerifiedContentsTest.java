package dev.longshore.resolver.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.node.Reach;
import dev.longshore.ipfs.reader.DagReader;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.resolver.content.UnavailableException.Reason;
import dev.longshore.resolver.testing.CountingMeter;
import dev.longshore.testing.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerifiedContentsTest {
  private static final int LEAF = 262_144;
  private static final Cid CID_OF_NOTHING =
      Cid.parse("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku");

  private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T10:00:00Z"));
  private final InMemorySwarm swarm = new InMemorySwarm();
  private final InMemoryIpfsNode far = swarm.node("far");
  private final InMemoryIpfsNode own = swarm.node("own");
  private final CountingMeter meter = new CountingMeter();
  private final List<VerifiedContents> opened = new ArrayList<>();
  @TempDir Path folder;

  @AfterEach
  void close() {
    opened.forEach(VerifiedContents::close);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 65_535, 65_536, 65_537, LEAF, LEAF + 1, 3 * LEAF + 7})
  void contentComesWholeFromAPeerAndAgainFromTheCache(int size) throws Exception {
    byte[] bytes = random(size);
    LocatedContent content = store(far, bytes);
    VerifiedContents contents = contents(64 << 20);

    assertThat(read(contents.whole(content, "a caller"))).isEqualTo(bytes);
    far.trouble().goDown();
    own.trouble().goDown();
    assertThat(read(contents.whole(content, "a caller"))).isEqualTo(bytes);
    assertThat(meter.fetches()).isEqualTo(1);
    assertThat(meter.hits()).isEqualTo(1);
  }

  @Test
  void emptyContentComesThoughNoPeerSendsIt() throws Exception {
    LocatedContent empty = store(far, new byte[0]);
    far.trouble().goDown();
    VerifiedContents contents = contents(64 << 20);

    assertThat(read(contents.whole(empty, "a caller"))).isEmpty();
    assertThat(contents.bytes(empty, 10)).isEmpty();
  }

  @Test
  void whatIsSaidToBeEmptyAndIsNotNeverComesWhole() throws Exception {
    LocatedContent lied =
        new LocatedContent(Digest.of(new byte[] {1}), 0, "x", CID_OF_NOTHING, List.of());

    assertThat(readUntilItFails(contents(64 << 20).whole(lied, "a caller")).cause().reason())
        .isEqualTo(Reason.BAD_SOURCE);
  }

  @Test
  void whatTheOwnNodeHoldsNeedsNoPeer() throws Exception {
    byte[] bytes = random(2 * LEAF);
    LocatedContent content = store(own, bytes);
    far.trouble().goDown();

    assertThat(read(contents(64 << 20).whole(content, "a caller"))).isEqualTo(bytes);
  }

  @Test
  void missingBlockOfTheOwnNodeComesFromAPeer() throws Exception {
    byte[] bytes = random(4 * LEAF);
    LocatedContent content = store(far, bytes);
    store(own, bytes);
    own.lose(leaf(content.cid(), 2));

    assertThat(read(contents(64 << 20).whole(content, "a caller"))).isEqualTo(bytes);
  }

  /** The node was restarted: what was dialled a moment ago is no connection any more. */
  @Test
  void missingBlockComesThoughThePeerWasDialledBeforeTheNodeLostIt() throws Exception {
    byte[] bytes = random(4 * LEAF);
    LocatedContent content = store(far, bytes);
    VerifiedContents contents = contents(0);
    assertThat(read(contents.whole(content, "a caller"))).isEqualTo(bytes);
    own.lose(leaf(content.cid(), 2));
    own.disconnect();
    clock.advance(Duration.ofSeconds(3));

    assertThat(read(contents.whole(content, "a caller"))).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000, LEAF, 3 * LEAF})
  void wrongBytesNeverComeWhole(int size) throws Exception {
    byte[] bytes = random(size);
    LocatedContent right = store(own, bytes);
    LocatedContent lied =
        new LocatedContent(Digest.of(new byte[] {1}), size, "x", right.cid(), List.of());
    for (long capacity : new long[] {64 << 20, 0}) {
      VerifiedContents contents = contents(capacity);

      Partial partial = readUntilItFails(contents.whole(lied, "a caller"));

      assertThat(partial.bytes().length).isLessThan(size);
      assertThat(partial.cause().reason()).isEqualTo(Reason.BAD_SOURCE);
      assertThat(partial.cause()).hasMessageContaining("hash to " + right.digest());
    }
    assertThat(parts()).as("nothing of it stays in the cache").isEmpty();
  }

  @Test
  void contentThatIsLongerOrShorterThanSaidNeverComesWhole() throws Exception {
    byte[] bytes = random(3 * LEAF);
    LocatedContent right = store(own, bytes);
    for (long size : new long[] {3L * LEAF - 1, 3L * LEAF + 1}) {
      LocatedContent lied = new LocatedContent(right.digest(), size, "x", right.cid(), List.of());
      for (long capacity : new long[] {64 << 20, 0}) {
        Partial partial = readUntilItFails(contents(capacity).whole(lied, "a caller"));

        assertThat((long) partial.bytes().length).isLessThan(size);
        assertThat(partial.cause().reason()).isEqualTo(Reason.BAD_SOURCE);
      }
    }
  }

  @Test
  void corruptBlockIsNeverServed() throws Exception {
    byte[] bytes = random(4 * LEAF);
    LocatedContent content = store(own, bytes);
    own.corrupt(leaf(content.cid(), 1));
    VerifiedContents contents = contents(64 << 20);

    assertThat(readUntilItFails(contents.whole(content, "a caller")).bytes().length)
        .isLessThan(bytes.length);
    assertThat(readUntilItFails(contents.range(content, LEAF + 10, 20, "a caller")).bytes())
        .isEmpty();
    assertThat(read(contents.range(content, 2L * LEAF, 5, "a caller")))
        .as("other blocks are right")
        .isEqualTo(Arrays.copyOfRange(bytes, 2 * LEAF, 2 * LEAF + 5));
  }

  @Test
  void damagedFileInTheCacheIsDroppedAndFetchedAgain() throws Exception {
    byte[] bytes = random(2 * LEAF);
    LocatedContent content = store(own, bytes);
    VerifiedContents contents = contents(64 << 20);
    read(contents.whole(content, "a caller"));
    Path file = parts().getFirst();
    byte[] rotten = Files.readAllBytes(file);
    rotten[rotten.length / 2] ^= 1;
    Files.write(file, rotten);

    assertThat(readUntilItFails(contents.whole(content, "a caller")).bytes().length)
        .isLessThan(bytes.length);
    assertThat(read(contents.whole(content, "a caller"))).isEqualTo(bytes);
  }

  @Test
  void fileOfTheCacheIsGivenOutAsItIsOnlyWhileItIsIntact() throws Exception {
    LocatedContent content = store(own, random(2 * LEAF));
    VerifiedContents contents = contents(64 << 20);
    assertThat(contents.file(content)).isEmpty();
    read(contents.whole(content, "a caller"));

    try (FileChannel file = contents.file(content).orElseThrow()) {
      assertThat(file.size()).isEqualTo(content.size());
    }
    Files.write(parts().getFirst(), new byte[2 * LEAF]);
    assertThat(contents.file(content)).isEmpty();
  }

  @Test
  void rangeOfAFileOfAnEarlierRunComesOnceAllOfItWasHashed() throws Exception {
    byte[] bytes = random(2 * LEAF);
    LocatedContent content = store(own, bytes);
    read(contents(64 << 20).whole(content, "a caller"));
    own.trouble().goDown();

    VerifiedContents later = contents(64 << 20);

    assertThat(read(later.range(content, LEAF, 3, "a caller")))
        .isEqualTo(Arrays.copyOfRange(bytes, LEAF, LEAF + 3));
    assertThat(later.file(content)).isPresent();
  }

  @Test
  void rangeNeverComesFromAFileOfAnEarlierRunThatRotted() throws Exception {
    byte[] bytes = random(2 * LEAF);
    LocatedContent content = store(own, bytes);
    read(contents(64 << 20).whole(content, "a caller"));
    byte[] rotten = bytes.clone();
    rotten[LEAF + 1] ^= 1;
    Files.write(parts().getFirst(), rotten);

    assertThat(read(contents(64 << 20).range(content, LEAF, 3, "a caller")))
        .isEqualTo(Arrays.copyOfRange(bytes, LEAF, LEAF + 3));
  }

  @Test
  void contentWithoutRoomInTheCacheIsStreamedAndVerified() throws Exception {
    byte[] bytes = random(3 * LEAF);
    LocatedContent content = store(own, bytes);

    assertThat(read(contents(LEAF).whole(content, "a caller"))).isEqualTo(bytes);
    assertThat(parts()).isEmpty();
  }

  @Test
  void manyWhoAskForOneColdBlobCauseOneFetch() throws Exception {
    byte[] bytes = random(8 * LEAF + 5);
    LocatedContent content = store(far, bytes);
    VerifiedContents contents = contents(64 << 20);
    CountDownLatch gate = own.trouble().holdCalls();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<byte[]>> reads = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        reads.add(clients.submit(() -> read(contents.whole(content, "a caller"))));
      }
      meter.awaitJoined(31);
      gate.countDown();
      for (Future<byte[]> read : reads) {
        assertThat(read.get()).isEqualTo(bytes);
      }
    }
    assertThat(meter.fetches()).isEqualTo(1);
  }

  @Test
  void allWhoWaitForAFailedFetchHearOfIt() throws Exception {
    byte[] bytes = random(3 * LEAF);
    LocatedContent content = store(far, bytes);
    far.lose(leaf(content.cid(), 2));
    VerifiedContents contents = contents(64 << 20);
    CountDownLatch gate = own.trouble().holdCalls();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Partial>> reads = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        reads.add(clients.submit(() -> readUntilItFails(contents.whole(content, "a caller"))));
      }
      meter.awaitJoined(3);
      gate.countDown();
      for (Future<Partial> read : reads) {
        assertThat(read.get().cause().reason()).isEqualTo(Reason.NO_PROGRESS);
        assertThat(read.get().cause()).hasMessageContaining("far");
      }
    }
    assertThat(meter.failures(Reason.NO_PROGRESS)).isEqualTo(1);
  }

  @Test
  void nodeThatDoesNotAnswerEndsTheFetchInTime() throws Exception {
    LocatedContent content = store(own, random(LEAF));
    own.trouble().holdCalls();
    VerifiedContents contents = contents(64 << 20, 4, Duration.ofMillis(50));

    assertThat(readUntilItFails(contents.whole(content, "a caller")).cause().reason())
        .isEqualTo(Reason.NO_PROGRESS);
  }

  @Test
  void fetchesBeyondTheLimitAreTurnedAway() throws Exception {
    LocatedContent first = store(own, random(LEAF));
    LocatedContent second = store(own, random(LEAF + 1));
    VerifiedContents contents = contents(0, 1, Duration.ofMillis(50));

    try (InputStream holding = contents.whole(first, "a caller")) {
      assertThatThrownBy(() -> contents.whole(second, "a caller"))
          .isInstanceOfSatisfying(
              UnavailableException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BUSY));
      assertThat(holding.read()).isNotNegative();
    }
    assertThat(read(contents.whole(second, "a caller")))
        .as("the permit came back")
        .hasSize(LEAF + 1);
  }

  @Test
  void rangesComeFromBlocksAndFromTheCacheAlike() throws Exception {
    byte[] bytes = random(3 * LEAF + 11);
    LocatedContent content = store(far, bytes);
    VerifiedContents contents = contents(64 << 20);
    int[][] ranges = {{0, 1}, {LEAF - 1, 2}, {LEAF, LEAF}, {100, 2 * LEAF}, {3 * LEAF + 10, 1}};

    for (int round = 0; round < 2; round++) {
      for (int[] range : ranges) {
        assertThat(read(contents.range(content, range[0], range[1], "a caller")))
            .isEqualTo(Arrays.copyOfRange(bytes, range[0], range[0] + range[1]));
      }
      read(contents.whole(content, "a caller"));
    }
    assertThat(meter.fetches()).isEqualTo(1);
  }

  @Test
  void rangeOfEverythingIsVerifiedAsAWhole() throws Exception {
    LocatedContent right = store(own, random(1000));
    LocatedContent lied =
        new LocatedContent(Digest.of(new byte[] {1}), 1000, "x", right.cid(), List.of());

    assertThat(readUntilItFails(contents(64 << 20).range(lied, 0, 1000, "a caller")).bytes())
        .isEmpty();
  }

  @Test
  void tooLargeToBeReadAtOnceIsRefused() throws Exception {
    LocatedContent content = store(own, random(1000));

    assertThatThrownBy(() -> contents(64 << 20).bytes(content, 999))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("at most 999");
  }

  private VerifiedContents contents(long capacity) throws IOException {
    return contents(capacity, 16, Duration.ofSeconds(20));
  }

  private VerifiedContents contents(long capacity, int limit, Duration patience)
      throws IOException {
    VerifiedContents contents =
        new VerifiedContents(
            own, new BlobCache(folder, capacity, clock), limit, patience, meter, clock);
    opened.add(contents);
    return contents;
  }

  private List<Path> parts() throws IOException {
    try (var files = Files.list(folder.resolve("sha256"))) {
      return files.toList();
    }
  }

  private static LocatedContent store(InMemoryIpfsNode node, byte[] bytes) throws IOException {
    Cid[] cid = new Cid[1];
    node.importCar(
        sink -> cid[0] = UnixFsFileBuilder.build(bytes, sink).cid(),
        Deadline.after(Duration.ofMinutes(1)));
    return new LocatedContent(
        Digest.of(bytes),
        bytes.length,
        "application/octet-stream",
        cid[0],
        List.of(new Provider("far", "12D3KooWfar", List.of("/memory/far"))));
  }

  private Cid leaf(Cid file, int index) throws IOException {
    InMemoryIpfsNode node = own.storedBlocks().contains(file) ? own : far;
    byte[] root = node.block(file, Reach.LOCAL, Deadline.after(Duration.ofMinutes(1))).bytes();
    assertThat(new DagReader((c, d) -> root, Duration.ofMinutes(1)).fileSize(file)).isPositive();
    return PbNode.decode(root).links().get(index).cid();
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private static byte[] read(InputStream stream) throws IOException {
    try (stream) {
      return stream.readAllBytes();
    }
  }

  /** What came before the failure. */
  private record Partial(ByteArrayOutputStream out, UnavailableException cause) {
    byte[] bytes() {
      return out.toByteArray();
    }
  }

  private static Partial readUntilItFails(InputStream stream) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] chunk = new byte[10_000];
    try (stream) {
      for (int n = stream.read(chunk); n >= 0; n = stream.read(chunk)) {
        out.write(chunk, 0, n);
      }
    } catch (UnavailableException e) {
      return new Partial(out, e);
    }
    throw new AssertionError("the stream came to its end with " + out.size() + " bytes");
  }
}
