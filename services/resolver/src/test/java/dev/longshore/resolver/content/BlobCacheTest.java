package dev.longshore.resolver.content;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Digest;
import dev.longshore.testing.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobCacheTest {
  private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T10:00:00Z"));
  @TempDir Path folder;

  @Test
  void blobThatWasNotUsedLongestGoesFirst() throws IOException {
    BlobCache cache = new BlobCache(folder, 30, clock);
    Digest first = put(cache, 1, 10);
    Digest second = put(cache, 2, 10);
    Digest third = put(cache, 3, 10);
    touch(cache, first, 10);

    put(cache, 4, 10);

    assertThat(cache.holds(first)).isTrue();
    assertThat(cache.holds(second)).isFalse();
    assertThat(cache.holds(third)).isTrue();
    assertThat(cache.bytes()).isEqualTo(30);
  }

  @Test
  void restartKeepsBlobsAndTheirOrderAndDropsUnfinishedOnes() throws IOException {
    BlobCache before = new BlobCache(folder, 30, clock);
    Digest first = put(before, 1, 10);
    Digest second = put(before, 2, 10);
    clock.advance(Duration.ofMinutes(1));
    touch(before, second, 10);
    clock.advance(Duration.ofMinutes(1));
    touch(before, first, 10);
    Path part = before.reserve(Digest.of(new byte[] {9}), 10).orElseThrow();
    Files.write(part, new byte[5]);

    BlobCache after = new BlobCache(folder, 15, clock);

    assertThat(after.holds(first)).isTrue();
    assertThat(after.holds(second)).as("the smaller cache dropped the older one").isFalse();
    assertThat(part).doesNotExist();
    assertThat(after.bytes()).isEqualTo(10);
  }

  @Test
  void whatDoesNotFitIsNotTakenIn() throws IOException {
    BlobCache cache = new BlobCache(folder, 30, clock);

    assertThat(cache.reserve(Digest.of(new byte[] {1}), 31)).isEmpty();
    assertThat(cache.reserve(Digest.of(new byte[] {2}), 20)).isPresent();
    assertThat(cache.reserve(Digest.of(new byte[] {3}), 20))
        .as("two that are under way share the room")
        .isEmpty();
    assertThat(new BlobCache(folder, 0, clock).reserve(Digest.of(new byte[] {4}), 0)).isEmpty();
  }

  @Test
  void abandonedReservationGivesItsRoomBack() throws IOException {
    BlobCache cache = new BlobCache(folder, 30, clock);
    Path part = cache.reserve(Digest.of(new byte[] {1}), 30).orElseThrow();
    Files.write(part, new byte[30]);

    cache.abandon(part, 30);

    assertThat(part).doesNotExist();
    assertThat(cache.reserve(Digest.of(new byte[] {2}), 30)).isPresent();
  }

  @Test
  void fileThatWasCutOrRemovedIsForgotten() throws IOException {
    BlobCache cache = new BlobCache(folder, 30, clock);
    Digest cut = put(cache, 1, 10);
    Digest removed = put(cache, 2, 10);
    Files.write(folder.resolve("sha256").resolve(cut.hex()), new byte[3]);
    Files.delete(folder.resolve("sha256").resolve(removed.hex()));

    assertThat(cache.open(cut, 10)).isEmpty();
    assertThat(cache.open(removed, 10)).isEmpty();
    assertThat(cache.bytes()).isZero();
  }

  @Test
  void blobOfAnotherSizeIsNotThere() throws IOException {
    BlobCache cache = new BlobCache(folder, 30, clock);
    Digest digest = put(cache, 1, 10);

    assertThat(cache.open(digest, 11)).isEmpty();
    assertThat(cache.holds(digest)).isTrue();
  }

  private static Digest put(BlobCache cache, int seed, int size) throws IOException {
    byte[] bytes = new byte[size];
    bytes[0] = (byte) seed;
    Digest digest = Digest.of(bytes);
    Path part = cache.reserve(digest, size).orElseThrow();
    Files.write(part, bytes);
    cache.commit(part, digest, size);
    return digest;
  }

  private static void touch(BlobCache cache, Digest digest, long size) throws IOException {
    open(cache, digest, size);
  }

  private static CachedBlob open(BlobCache cache, Digest digest, long size) throws IOException {
    CachedBlob blob = cache.open(digest, size).orElseThrow();
    blob.channel().close();
    return blob;
  }

  @Test
  void blobThatWasTakenInIsIntactUntilSomebodyWritesToIt() throws IOException {
    BlobCache cache = new BlobCache(folder, 30, clock);
    Digest digest = put(cache, 1, 10);

    assertThat(open(cache, digest, 10).intact()).isTrue();
    clock.advance(Duration.ofHours(1));
    assertThat(open(cache, digest, 10).intact()).as("used again").isTrue();
    assertThat(open(cache, digest, 10).intact()).as("marked as used").isTrue();

    byte[] other = new byte[10];
    FileTime before = Files.getLastModifiedTime(file(digest));
    Files.write(file(digest), other);
    Files.setLastModifiedTime(file(digest), before);
    assertThat(open(cache, digest, 10).intact()).as("written, its time set back").isFalse();
    assertThat(open(cache, digest, 10).intact()).isFalse();
  }

  @Test
  void fileThatTookAnothersPlaceIsNotIntact() throws IOException {
    BlobCache cache = new BlobCache(folder, 30, clock);
    Digest digest = put(cache, 1, 10);
    Path other = Files.write(folder.resolve("other"), new byte[10]);
    Files.move(other, file(digest), StandardCopyOption.REPLACE_EXISTING);

    assertThat(open(cache, digest, 10).intact()).isFalse();
  }

  @Test
  void blobOfAnEarlierRunIsIntactOnceItWasFoundRight() throws IOException {
    Digest digest = put(new BlobCache(folder, 30, clock), 1, 10);
    BlobCache cache = new BlobCache(folder, 30, clock);
    CachedBlob found = open(cache, digest, 10);
    assertThat(found.intact()).isFalse();

    cache.found(digest, found.state());

    assertThat(open(cache, digest, 10).intact()).isTrue();
    clock.advance(Duration.ofDays(1));
    assertThat(open(cache, digest, 10).intact()).as("a day later").isFalse();
  }

  @Test
  void useWhileAFileIsHashedDoesNotMeanThatItIsHashedAgain() throws IOException {
    Digest digest = put(new BlobCache(folder, 30, clock), 1, 10);
    BlobCache cache = new BlobCache(folder, 30, clock);
    CachedBlob first = open(cache, digest, 10);
    CachedBlob second = open(cache, digest, 10);

    cache.found(digest, first.state());
    assertThat(open(cache, digest, 10).intact()).isTrue();
    cache.found(digest, second.state());

    assertThat(open(cache, digest, 10).intact()).isTrue();
  }

  private Path file(Digest digest) {
    return folder.resolve("sha256").resolve(digest.hex());
  }
}
