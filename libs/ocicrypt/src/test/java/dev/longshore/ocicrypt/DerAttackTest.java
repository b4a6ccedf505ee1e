package dev.longshore.ocicrypt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.testing.Attack;
import dev.longshore.testing.HostileInput;
import dev.longshore.testing.HostileInputs;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.junit.jupiter.api.Test;

/** Bytes that pose as DER, walked to their last element. */
final class DerAttackTest {
  /** Bytes; elements of 64 KiB, each an object, and the bytes that they are written as again. */
  private static final long MOST = 16L << 20;

  private final byte[] certificate;
  private final byte[] envelope;

  DerAttackTest() throws IOException {
    certificate = SampleCertificate.of(SampleKeys.RSA, "CN=rsa,O=Longshore", 7);
    envelope = new HostileOcicrypt(SampleKeys.all()).validPkcs7();
  }

  /** How many elements there are. */
  private static int walked(ASN1Encodable element) {
    return switch (element) {
      case ASN1Sequence parts -> 1 + walked((Iterable<ASN1Encodable>) parts);
      case ASN1Set parts -> 1 + walked((Iterable<ASN1Encodable>) parts);
      case ASN1TaggedObject tagged -> 1 + walked(tagged.getBaseObject());
      default -> 1;
    };
  }

  private static int walked(Iterable<ASN1Encodable> parts) {
    int elements = 0;
    for (ASN1Encodable part : parts) {
      elements += walked(part);
    }
    return elements;
  }

  private static Attack<ASN1Primitive> attack() {
    return new Attack<>(
        DerAttackTest.class,
        "services/converter",
        bytes -> Der.read(bytes, element -> element),
        List.of(Malformed.class),
        MOST,
        (element, input) -> {
          // Each element has a tag and a length, but for the one inside a primitive tag.
          assertThat(walked(element)).isBetween(1, input.length);
          assertThat(Der.encoded(element)).isEqualTo(input);
        });
  }

  @Test
  void derIsWalkedOrRefused() {
    HostileInputs inputs =
        new HostileInputs(Attack.seed()).damage(certificate).add("valid", certificate);
    HostileOcicrypt.der(inputs, certificate);
    HostileOcicrypt.der(inputs, envelope);
    byte[] deep = new byte[0];
    for (int i = 0; i < 5_000; i++) {
      deep = RawDer.write(RawDer.SEQUENCE, deep);
    }
    inputs.add("deep", deep);
    inputs.add("nothing", new byte[0]);
    inputs.add("an integer of nothing", new byte[] {RawDer.INTEGER, 0});
    inputs.add("a length alone", new byte[] {RawDer.SEQUENCE, (byte) 0x83});
    byte[] small = RawDer.write(RawDer.SEQUENCE);
    inputs.add(
        "many",
        RawDer.write(RawDer.SEQUENCE, Collections.nCopies(30_000, small).toArray(byte[][]::new)));
    inputs.add("zeros", new byte[60_000]);
    List<HostileInput> all = inputs.list();

    Attack.Tally tally = attack().with(all);

    assertThat(all).hasSizeGreaterThanOrEqualTo(60);
    assertThat(tally.accepted()).isPositive();
    assertThat(tally.refused()).isGreaterThan(all.size() / 2);
  }

  @Test
  void damagedDerIsWalkedOrRefused() {
    Attack.Tally tally = attack().mutating(List.of(certificate, envelope));
    assertThat(tally.refused()).isPositive();
  }
}
