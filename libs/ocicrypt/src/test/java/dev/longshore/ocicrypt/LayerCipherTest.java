package dev.longshore.ocicrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.Digest;
import dev.longshore.testing.SplitMix;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LayerCipherTest {
  private static final SampleKeys KEYS = SampleKeys.all();
  private static final byte[] LAYER = layer(300_001);

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Sealed(byte[] bytes, SortedMap<String, String> annotations) {}

  private static byte[] layer(int size) {
    byte[] layer = new byte[size];
    new SplitMix(size).nextBytes(layer);
    return layer;
  }

  private static Sealed seal(byte[] layer, String... recipients) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    EncryptedLayer encrypted =
        LayerCipher.encrypt(
            new ByteArrayInputStream(layer),
            Digest.of(layer),
            KEYS.recipients(recipients),
            out,
            new SecureRandom());
    assertThat(encrypted.size()).isEqualTo(layer.length);
    assertThat(encrypted.digest()).isEqualTo(Digest.of(out.toByteArray()));
    return new Sealed(out.toByteArray(), encrypted.annotations());
  }

  private static byte[] open(byte[] bytes, Map<String, String> annotations, String... keys)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (PrivateKeys privateKeys = KEYS.keys(keys)) {
      DecryptedLayer plain =
          LayerCipher.decrypt(new ByteArrayInputStream(bytes), annotations, privateKeys, out);
      assertThat(plain.size()).isEqualTo(out.size());
      assertThat(plain.digest()).isEqualTo(Digest.of(out.toByteArray()));
    }
    return out.toByteArray();
  }

  private static void fails(OcicryptException.Kind kind, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            OcicryptException.class, e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16, (128 << 10) - 1, 128 << 10, (128 << 10) + 1, 1_000_000})
  void aLayerOfEverySizeComesBack(int size) throws IOException {
    byte[] layer = layer(size);
    Sealed sealed = seal(layer, "jwe:p256.pub");
    assertThat(sealed.bytes).hasSize(size);
    assertThat(open(sealed.bytes, sealed.annotations, "p256.key")).isEqualTo(layer);
  }

  @Test
  void theAnnotationsAreThoseOfOcicrypt() throws IOException {
    Sealed sealed = seal(LAYER, "jwe:rsa.pub");
    assertThat(sealed.annotations)
        .containsOnlyKeys(
            "org.opencontainers.image.enc.keys.jwe", "org.opencontainers.image.enc.pubopts");
    String options =
        new String(
            Base64.getDecoder()
                .decode(sealed.annotations.get("org.opencontainers.image.enc.pubopts")),
            StandardCharsets.US_ASCII);
    assertThat(options)
        .matches(
            "\\{\"cipher\":\"AES_256_CTR_HMAC_SHA256\",\"hmac\":\"[A-Za-z0-9+/]{43}=\",\"cipheroptions\":\\{}}");
  }

  @Test
  void theSameLayerIsEncryptedAnewEachTime() throws IOException {
    Sealed one = seal(LAYER, "jwe:rsa.pub");
    Sealed two = seal(LAYER, "jwe:rsa.pub");
    assertThat(one.bytes).isNotEqualTo(two.bytes).isNotEqualTo(LAYER);
    assertThat(one.annotations).isNotEqualTo(two.annotations);
  }

  @Test
  void aKeyOfNoRecipientOpensNothing() throws IOException {
    Sealed sealed = seal(LAYER, "jwe:rsa.pub", "jwe:p256.pub");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThatThrownBy(
            () ->
                LayerCipher.decrypt(
                    new ByteArrayInputStream(sealed.bytes),
                    sealed.annotations,
                    KEYS.keys("other.key", "p384.key"),
                    out))
        .hasMessage(
            "none of 2 private keys opens the layer; it is encrypted for: jwe [RSA-OAEP, 2048 bit,"
                + " ECDH-ES+A256KW, P-256]");
    assertThat(out.size()).isZero();
  }

  @Test
  void aChangedByteIsFoundWhereverItStands() throws IOException {
    Sealed sealed = seal(LAYER, "jwe:p256.pub");
    for (int at : new int[] {0, LAYER.length / 2, LAYER.length - 1}) {
      byte[] changed = sealed.bytes.clone();
      changed[at] ^= 1;
      fails(
          OcicryptException.Kind.CHANGED_LAYER,
          () -> open(changed, sealed.annotations, "p256.key"));
      fails(
          OcicryptException.Kind.CHANGED_LAYER,
          () ->
              LayerCipher.authenticate(
                  new ByteArrayInputStream(changed), sealed.annotations, KEYS.keys("p256.key")));
    }
  }

  @Test
  void theLastBufferIsHeldBackUntilTheLayerIsAuthenticated() throws IOException {
    Sealed sealed = seal(LAYER, "jwe:p256.pub");
    byte[] changed = sealed.bytes.clone();
    changed[LAYER.length - 1] ^= 1;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    fails(
        OcicryptException.Kind.CHANGED_LAYER,
        () ->
            LayerCipher.decrypt(
                new ByteArrayInputStream(changed), sealed.annotations, KEYS.keys("p256.key"), out));
    assertThat(out.size()).isLessThan(LAYER.length);
  }

  @Test
  void theFirstOfTwoPassesGivesThePlainDigest() throws IOException {
    Sealed sealed = seal(LAYER, "jwe:p256.pub");
    assertThat(
            LayerCipher.authenticate(
                new ByteArrayInputStream(sealed.bytes), sealed.annotations, KEYS.keys("p256.key")))
        .isEqualTo(Digest.of(LAYER));
  }

  @Test
  void aCutOrLongerLayerIsFound() throws IOException {
    Sealed sealed = seal(LAYER, "jwe:p256.pub");
    for (int length : new int[] {0, LAYER.length - 1, LAYER.length + 1}) {
      byte[] other = java.util.Arrays.copyOf(sealed.bytes, length);
      fails(
          OcicryptException.Kind.CHANGED_LAYER, () -> open(other, sealed.annotations, "p256.key"));
    }
  }

  @Test
  void swappedLayersAreFound() throws IOException {
    Sealed one = seal(LAYER, "jwe:p256.pub");
    Sealed two = seal(layer(300_001), "jwe:p256.pub");
    assertThatThrownBy(() -> open(one.bytes, two.annotations, "p256.key"))
        .hasMessageContaining("these are the bytes of another layer");
  }

  @Test
  void swappedPublicOptionsAreFound() throws IOException {
    Sealed one = seal(LAYER, "jwe:p256.pub");
    Sealed two = seal(LAYER, "jwe:p256.pub");
    Map<String, String> mixed = new HashMap<>(one.annotations);
    mixed.put(PublicOptions.ANNOTATION, two.annotations.get(PublicOptions.ANNOTATION));
    fails(OcicryptException.Kind.CHANGED_LAYER, () -> open(one.bytes, mixed, "p256.key"));
  }

  @Test
  void aNonceInTheClearThatIsAnotherIsFound() throws IOException {
    Sealed sealed = seal(LAYER, "jwe:p256.pub");
    Map<String, String> changed = new HashMap<>(sealed.annotations);
    String options =
        new String(
            Base64.getDecoder().decode(changed.get(PublicOptions.ANNOTATION)),
            StandardCharsets.US_ASCII);
    String nonce = Base64.getEncoder().encodeToString(new byte[16]);
    options =
        options.replace("\"cipheroptions\":{}", "\"cipheroptions\":{\"nonce\":\"" + nonce + "\"}");
    changed.put(
        PublicOptions.ANNOTATION,
        Base64.getEncoder().encodeToString(options.getBytes(StandardCharsets.US_ASCII)));
    fails(OcicryptException.Kind.CHANGED_ANNOTATION, () -> open(sealed.bytes, changed, "p256.key"));
  }

  @Test
  void aLayerThatWasNotWhatItsDigestSaidIsFound() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    EncryptedLayer encrypted =
        LayerCipher.encrypt(
            new ByteArrayInputStream(LAYER),
            Digest.of(new byte[0]),
            KEYS.recipients("jwe:p256.pub"),
            out,
            new SecureRandom());
    assertThatThrownBy(() -> open(out.toByteArray(), encrypted.annotations(), "p256.key"))
        .hasMessageContaining(Digest.of(LAYER).toString())
        .hasMessageContaining(Digest.of(new byte[0]).toString());
  }

  @Test
  void aPlainLayerIsToldFromAnEncryptedOne() {
    fails(OcicryptException.Kind.BAD_ANNOTATION, () -> open(LAYER, Map.of("a", "b"), "p256.key"));
    assertThat(LayerKeys.areIn(Map.of("a", "b"))).isFalse();
  }

  @Test
  void aLargeLayerNeedsNoMoreMemoryThanASmallOne() throws IOException {
    long small = allocated(1 << 20);
    long large = allocated(64 << 20);
    assertThat(large).isLessThan(small + (1 << 20));
  }

  private static long allocated(long size) throws IOException {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    Recipients to = KEYS.recipients("jwe:p256.pub");
    SecureRandom random = new SecureRandom();
    long before = threads.getCurrentThreadAllocatedBytes();
    LayerCipher.encrypt(
        new Zeros(size), Digest.of(new byte[0]), to, OutputStream.nullOutputStream(), random);
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  private static final class Zeros extends InputStream {
    private long left;

    Zeros(long size) {
      left = size;
    }

    @Override
    public int read() {
      return left-- > 0 ? 0 : -1;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      if (left <= 0) {
        return -1;
      }
      int n = (int) Math.min(left, length);
      left -= n;
      return n;
    }
  }
}
