package dev.longshore.ocicrypt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.testing.Attack;
import dev.longshore.testing.HostileInput;
import dev.longshore.testing.HostileInputs;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bytes that pose as DER, walked to their last element. */
final class DerAttackTest {
  /** Bytes; each level of 64 KiB is a view of the same array. */
  private static final long MOST = 16L << 20;

  private static final int CONSTRUCTED = 0x20;

  private final byte[] certificate;
  private final byte[] envelope;

  DerAttackTest() throws IOException {
    certificate = SampleCertificate.of(SampleKeys.RSA, "CN=rsa,O=Longshore", 7);
    envelope = new HostileOcicrypt(SampleKeys.all()).validPkcs7();
  }

  /** How many elements there are. */
  private static int walked(byte[] bytes) throws Malformed {
    Deque<Der> open = new ArrayDeque<>(List.of(new Der(bytes)));
    int elements = 0;
    while (!open.isEmpty()) {
      Der here = open.pop();
      while (here.hasNext()) {
        elements++;
        int tag = here.peek();
        if ((tag & CONSTRUCTED) != 0) {
          open.push(here.in(tag));
        } else if (tag == Der.INTEGER) {
          here.integer();
        } else {
          here.skip();
        }
      }
    }
    return elements;
  }

  private static Attack<Integer> attack() {
    return new Attack<>(
        DerAttackTest.class,
        "services/converter",
        DerAttackTest::walked,
        List.of(Malformed.class),
        MOST,
        // Each element has a tag and a length.
        (elements, input) -> assertThat(elements).isBetween(0, input.length / 2));
  }

  @Test
  void derIsWalkedOrRefused() {
    HostileInputs inputs =
        new HostileInputs(Attack.seed()).damage(certificate).add("valid", certificate);
    HostileOcicrypt.der(inputs, certificate);
    HostileOcicrypt.der(inputs, envelope);
    byte[] deep = new byte[0];
    for (int i = 0; i < 5_000; i++) {
      deep = Der.write(Der.SEQUENCE, deep);
    }
    inputs.add("deep", deep);
    inputs.add("nothing", new byte[0]);
    inputs.add("an integer of nothing", new byte[] {Der.INTEGER, 0});
    inputs.add("a length alone", new byte[] {Der.SEQUENCE, (byte) 0x83});
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
