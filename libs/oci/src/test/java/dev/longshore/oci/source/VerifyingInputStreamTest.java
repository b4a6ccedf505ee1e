package dev.longshore.oci.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VerifyingInputStreamTest {
  private static final byte[] CONTENT = "0123456789".getBytes(StandardCharsets.US_ASCII);
  private static final Descriptor DESCRIBED = Descriptor.of(MediaType.OCTET_STREAM, CONTENT);
  private static final Attempt ATTEMPT = new Attempt("read", "it");

  private static VerifyingInputStream stream(byte[] content, Descriptor described, long offset) {
    return new VerifyingInputStream(
        new ByteArrayInputStream(content, (int) offset, content.length),
        described,
        offset,
        ATTEMPT);
  }

  @Test
  void rightContentIsHandedOutWhole() throws Exception {
    assertThat(stream(CONTENT, DESCRIBED, 0).readAllBytes()).isEqualTo(CONTENT);
    assertThat(stream(CONTENT, DESCRIBED, 4).readAllBytes()).asString().isEqualTo("456789");
    assertThat(stream(new byte[0], Descriptor.of("a/b", new byte[0]), 0).readAllBytes()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 10, 64})
  void theLastBytesOfWrongContentAreNeverHandedOut(int chunk) throws Exception {
    byte[] wrong = CONTENT.clone();
    wrong[2] ^= 1;
    VerifyingInputStream in = stream(wrong, DESCRIBED, 0);

    int handedOut = 0;
    RegistryException failure = null;
    while (failure == null) {
      try {
        handedOut += in.read(new byte[chunk]);
      } catch (RegistryException e) {
        failure = e;
      }
    }

    assertThat(handedOut).isLessThan(CONTENT.length);
    assertThat(failure.kind()).isEqualTo(Kind.BAD_CONTENT);
    assertThatThrownBy(in::read).isSameAs(failure);
  }

  @Test
  void contentThatEndsEarlyIsATransientFailure() {
    byte[] cut = "012345678".getBytes(StandardCharsets.US_ASCII);

    RegistryException failure =
        catchThrowableOfType(
            RegistryException.class, () -> stream(cut, DESCRIBED, 0).readAllBytes());

    assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
    assertThat(failure).hasMessageContaining("1 bytes early");
  }

  @Test
  void nothingIsReadBeyondTheDeclaredSize() throws Exception {
    byte[] longer = "0123456789abc".getBytes(StandardCharsets.US_ASCII);
    var source = new ByteArrayInputStream(longer);

    byte[] read = new VerifyingInputStream(source, DESCRIBED, 0, ATTEMPT).readAllBytes();

    assertThat(read).isEqualTo(CONTENT);
    assertThat(source.available()).isEqualTo(3);
  }

  @Test
  void anEmptyBlobOfAnotherDigestIsRefused() {
    var described = new Descriptor("a/b", DESCRIBED.digest(), 0);

    assertThatThrownBy(() -> stream(new byte[0], described, 0).readAllBytes())
        .isInstanceOf(RegistryException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 11})
  void anOffsetOutsideTheBlobIsAMistakeOfTheCaller(long offset) {
    assertThatThrownBy(
            () ->
                new VerifyingInputStream(
                    new ByteArrayInputStream(CONTENT), DESCRIBED, offset, ATTEMPT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("offset");
  }

  @Test
  void sha512IsCheckedToo() throws Exception {
    Digest digest = Digest.of(Digest.Algorithm.SHA512, CONTENT);

    assertThat(stream(CONTENT, new Descriptor("a/b", digest, 10), 0).readAllBytes())
        .isEqualTo(CONTENT);
    assertThatThrownBy(
            () -> stream(new byte[10], new Descriptor("a/b", digest, 10), 0).readAllBytes())
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("sha512:");
  }
}
