package dev.longshore.resolver.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerifyingStreamTest {
  private static final int SIZE = 5 * ChunkPool.CHUNK + 1;

  private final ChunkPool pool = new ChunkPool();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void chunksAreTheBlobAndTheirBuffersAreUsedAgain(boolean beside) throws IOException {
    byte[] bytes = random();
    ByteArrayOutputStream came = new ByteArrayOutputStream();
    try (VerifyingStream stream = stream(bytes, Digest.of(bytes), beside)) {
      PooledChunk chunk = stream.next();
      while (chunk != null) {
        came.write(bytes(chunk));
        chunk.sent();
        chunk = stream.next();
      }
    }
    assertThat(came.toByteArray()).isEqualTo(bytes);
    assertThat(pool.taken()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theLastChunkIsLongEnoughAndHeldWhenTheDigestDoesNotFit(boolean beside) throws IOException {
    int came = 0;
    try (VerifyingStream stream = stream(random(), Digest.of(new byte[] {1}), beside)) {
      while (came < SIZE - ChunkPool.CHUNK) {
        PooledChunk chunk = stream.next();
        assertThat(chunk).isNotNull();
        came += chunk.bytes().remaining();
        chunk.sent();
      }
      assertThat(came).isLessThanOrEqualTo(SIZE - Download.HELD_BACK);
      assertThatThrownBy(stream::next).isInstanceOf(UnavailableException.class);
    }
    assertThat(pool.taken()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, ChunkPool.CHUNK, ChunkPool.CHUNK + 1})
  void aReaderWhoLeavesGivesItsBuffersBack(int read) throws IOException {
    byte[] bytes = random();
    try (VerifyingStream stream = stream(bytes, Digest.of(bytes), false)) {
      assertThat(stream.readNBytes(read)).hasSize(read);
    }
    assertThat(pool.taken()).isZero();
  }

  private VerifyingStream stream(byte[] bytes, Digest digest, boolean beside) {
    LocatedContent content =
        new LocatedContent(
            digest,
            bytes.length,
            "x",
            Cid.parse("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"),
            List.of());
    Digest.Algorithm algorithm = digest.algorithm();
    return new VerifyingStream(
        content,
        new ByteArrayInputStream(bytes),
        pool,
        beside ? new Hashing.Beside(algorithm) : new Hashing.Inline(algorithm),
        VerifyingStream.Outcome.UNHEARD,
        () -> {});
  }

  private static byte[] bytes(PooledChunk chunk) {
    ByteBuffer buffer = chunk.bytes();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static byte[] random() {
    byte[] bytes = new byte[SIZE];
    new Random(7).nextBytes(bytes);
    return bytes;
  }
}
