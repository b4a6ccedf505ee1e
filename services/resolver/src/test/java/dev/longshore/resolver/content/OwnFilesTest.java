package dev.longshore.resolver.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.kubo.FlatfsFiles;
import dev.longshore.ipfs.testing.FlatFs;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blobs out of the files of the own node, with a cache and without one. */
class OwnFilesTest {
  private static final int LEAF = 262_144;
  private static final long[] CACHES = {0, 64 << 20};

  private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T10:00:00Z"));
  private final InMemoryIpfsNode own = new InMemorySwarm().node("own");
  private final List<VerifiedContents> opened = new ArrayList<>();
  @TempDir Path folder;
  @TempDir Path repository;

  @BeforeEach
  void create() throws IOException {
    FlatFs.create(repository);
  }

  @AfterEach
  void close() {
    opened.forEach(VerifiedContents::close);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 65_537, LEAF, LEAF + 1, LEAF + 65_535, 9 * LEAF + 7})
  void aBlobIsReadFromTheFilesAlone(int size) throws Exception {
    byte[] bytes = random(size);
    LocatedContent content = store(bytes);
    for (Cid cid : leaves(content)) {
      own.lose(cid);
    }

    for (long capacity : CACHES) {
      assertThat(read(contents(capacity), content)).isEqualTo(bytes);
    }
  }

  @Test
  void whatIsMissingFromTheFilesComesFromTheNode() throws Exception {
    byte[] bytes = random(6 * LEAF);
    LocatedContent content = store(bytes);
    Files.delete(FlatFs.file(repository, leaves(content).get(3)));

    for (long capacity : CACHES) {
      assertThat(read(contents(capacity), content)).isEqualTo(bytes);
    }
    Files.delete(repository.resolve("blocks").resolve("SHARDING"));
    assertThat(read(contents(0), content)).isEqualTo(bytes);
  }

  @Test
  void wrongBytesInTheFilesNeverComeWhole() throws Exception {
    byte[] bytes = random(6 * LEAF);
    LocatedContent content = store(bytes);
    for (int size : new int[] {LEAF, LEAF - 1, LEAF + 1}) {
      FlatFs.put(repository, leaves(content).get(1), random(size + 5));
      for (long capacity : CACHES) {
        ByteArrayOutputStream came = new ByteArrayOutputStream();
        try (InputStream stream = contents(capacity).whole(content, "a caller")) {
          assertThatThrownBy(() -> stream.transferTo(came))
              .isInstanceOfSatisfying(
                  UnavailableException.class,
                  e -> assertThat(e.reason()).isEqualTo(Reason.BAD_SOURCE));
        }
        assertThat(came.size()).isLessThanOrEqualTo(bytes.length - Download.HELD_BACK);
      }
    }
  }

  @Test
  void theNodeIsNotAskedForALeafThatItsFilesLackOrHave() throws Exception {
    byte[] bytes = random(9 * LEAF + 7);
    LocatedContent content = store(bytes);
    Map<Cid, Block> coming = new HashMap<>();
    List<Cid> leaves = leaves(content);
    for (int i = 0; i < leaves.size(); i++) {
      own.lose(leaves.get(i));
      if (i % 3 > 0) {
        Path file = FlatFs.file(repository, leaves.get(i));
        coming.put(leaves.get(i), Block.verify(leaves.get(i), Files.readAllBytes(file)));
        Files.delete(file);
      }
    }
    MissingBlocks missing =
        (cid, _) ->
            Optional.ofNullable(coming.get(cid)).orElseThrow(() -> new IOException("asked"));
    for (long capacity : CACHES) {
      VerifiedContents contents =
          new VerifiedContents(
              own,
              new FlatfsFiles(repository),
              missing,
              new BlobCache(folder, capacity, clock),
              16,
              Duration.ofSeconds(20),
              new CountingMeter(),
              clock);
      opened.add(contents);
      assertThat(read(contents, content)).isEqualTo(bytes);
    }
  }

  @Test
  void aLeafWhoseFileCannotBeReadComesFromTheNode() throws Exception {
    byte[] bytes = random(3 * LEAF);
    LocatedContent content = store(bytes);
    for (Cid cid : leaves(content)) {
      Path file = FlatFs.file(repository, cid);
      Files.delete(file);
      // Whoever may read everything, as root does, cannot read that either.
      Files.createDirectory(file);
    }
    VerifiedContents contents =
        new VerifiedContents(
            own,
            new FlatfsFiles(repository),
            (cid, _) -> {
              throw new IOException("asked");
            },
            new BlobCache(folder, 0, clock),
            16,
            Duration.ofSeconds(20),
            new CountingMeter(),
            clock);
    opened.add(contents);

    try (InputStream part = contents.range(content, 5, 2L * LEAF, "a caller")) {
      assertThat(part.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, 5, 5 + 2 * LEAF));
    }
  }

  @Test
  void aSingleBlockThatTheFilesLackComesFromTheNode() throws Exception {
    LocatedContent content = store(random(6 * LEAF));
    Cid leaf = leaves(content).get(2);
    byte[] bytes = Files.readAllBytes(FlatFs.file(repository, leaf));
    Files.delete(FlatFs.file(repository, leaf));
    DagBlocks blocks = contents(0).blocks(content.cid(), List.of());

    assertThat(blocks.get(leaf, Deadline.after(Duration.ofSeconds(10)))).isEqualTo(bytes);
  }

  private VerifiedContents contents(long capacity) throws IOException {
    VerifiedContents contents =
        new VerifiedContents(
            own,
            new FlatfsFiles(repository),
            new BlobCache(folder, capacity, clock),
            16,
            Duration.ofSeconds(20),
            new CountingMeter(),
            clock);
    opened.add(contents);
    return contents;
  }

  private LocatedContent store(byte[] bytes) throws IOException {
    Cid[] cid = new Cid[1];
    own.importCar(
        sink ->
            cid[0] =
                UnixFsFileBuilder.build(
                        bytes,
                        (block, buffer, offset, length) -> {
                          byte[] copy = Arrays.copyOfRange(buffer, offset, offset + length);
                          FlatFs.put(repository, block, copy);
                          sink.put(block, buffer, offset, length);
                        })
                    .cid(),
        Deadline.after(Duration.ofMinutes(1)));
    return new LocatedContent(Digest.of(bytes), bytes.length, "x", cid[0], List.of());
  }

  private List<Cid> leaves(LocatedContent content) throws IOException {
    if (content.cid().codec() == Cid.RAW) {
      return List.of();
    }
    byte[] root = Files.readAllBytes(FlatFs.file(repository, content.cid()));
    return PbNode.decode(root).links().stream().map(link -> link.cid()).toList();
  }

  private static byte[] read(VerifiedContents contents, LocatedContent content) throws Exception {
    try (InputStream stream = contents.whole(content, "a caller")) {
      return stream.readAllBytes();
    }
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }
}
