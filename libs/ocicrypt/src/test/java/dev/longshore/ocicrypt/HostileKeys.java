package dev.longshore.ocicrypt;

import dev.longshore.testing.Attack;
import dev.longshore.testing.HostileInput;
import dev.longshore.testing.HostileInputs;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;

/** Files that pose as keys. */
final class HostileKeys {
  private static final BigInteger E = BigInteger.valueOf(65_537);

  private HostileKeys() {}

  private static HostileInputs pemAndJwk(byte[] der, String label, byte[] jwk) {
    String pem = SampleKeys.pem(label, der);
    HostileInputs inputs =
        new HostileInputs(Attack.seed())
            .damage(pem.getBytes(StandardCharsets.US_ASCII))
            .damage(jwk)
            .add("valid PEM", pem)
            .add("valid DER", der)
            .add("valid JWK", jwk);
    HostileOcicrypt.der(inputs, der);
    inputs.add("PEM without an end", pem.substring(0, pem.length() - 10));
    inputs.add("BEGIN alone", "-----BEGIN ");
    inputs.add("BEGIN without an end", "-----BEGIN " + "A".repeat(100_000));
    inputs.add("a label of lines", pem.replace(label, "A\nB"));
    inputs.add("other labels", pem.replace(label, "RSA PRIVATE KEYS"));
    inputs.add("BEGIN 20,000 times", "-----BEGIN A-----\n".repeat(20_000));
    inputs.add("1,000 empty blocks", SampleKeys.pem("A", new byte[0]).repeat(1_000));
    inputs.add("no base64", pem.replace('A', '*'));
    inputs.add("headers", pem.replaceFirst("\n", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: X,Y\n\n"));
    inputs.add("20,000 headers", pem.replaceFirst("\n", "\n" + "A: b\n".repeat(20_000)));
    byte[] small = HexFormat.of().parseHex("3000".repeat(500_000));
    inputs.add("500,000 elements", RawDer.write(RawDer.SEQUENCE, small));
    inputs.add("a file that is too long", new byte[Limits.KEY_FILE + 1]);
    return inputs;
  }

  private static String jwk(String kty, String... fields) {
    StringBuilder json = new StringBuilder("{\"kty\":\"" + kty + "\"");
    for (int i = 0; i < fields.length; i += 2) {
      json.append(",\"%s\":\"%s\"".formatted(fields[i], fields[i + 1]));
    }
    return json.append('}').toString();
  }

  private static String number(BigInteger number) {
    return Base64Text.urlText(number.toByteArray());
  }

  static List<HostileInput> publicKeys() {
    HostileInputs inputs =
        pemAndJwk(
            SampleKeys.P256.getPublic().getEncoded(),
            "PUBLIC KEY",
            HostileOcicrypt.jwk(SampleKeys.RSA, false));
    for (int bits : new int[] {0, 1, 8, 512, 1024, 16_385, 65_536, 1_000_000}) {
      BigInteger n = BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE).max(BigInteger.ZERO);
      inputs.add("RSA of %d bits".formatted(bits), jwk("RSA", "n", number(n), "e", number(E)));
    }
    BigInteger n = BigInteger.ONE.shiftLeft(2048).subtract(BigInteger.ONE);
    for (BigInteger e :
        List.of(BigInteger.ZERO, BigInteger.ONE, BigInteger.TWO, n, n.shiftLeft(9))) {
      inputs.add(
          "exponent of %d bits".formatted(e.bitLength()),
          jwk("RSA", "n", number(n), "e", number(e)));
    }
    inputs.add("even modulus", jwk("RSA", "n", number(n.subtract(BigInteger.ONE)), "e", number(E)));
    inputs.each("crv", HostileInputs.oddTexts(), c -> jwk("EC", "crv", c, "x", "AA", "y", "AA"));
    inputs.add("infinity", jwk("EC", "crv", "P-256", "x", "", "y", ""));
    inputs.add("zero", jwk("EC", "crv", "P-256", "x", "AA", "y", "AA"));
    inputs.add("beside the curve", jwk("EC", "crv", "P-256", "x", "AQ", "y", "AQ"));
    inputs.add("a secret", jwk("oct", "k", "c2VjcmV0"));
    byte[] beside = SampleKeys.P256.getPublic().getEncoded();
    beside[beside.length - 1] ^= 1;
    inputs.add("DER beside the curve", beside);
    return inputs.list();
  }

  static List<HostileInput> certificates(byte[] valid) {
    HostileInputs inputs =
        pemAndJwk(valid, "CERTIFICATE", HostileOcicrypt.jwk(SampleKeys.RSA, false)).damage(valid);
    inputs.add("of EC", SampleCertificate.of(SampleKeys.P256, "CN=ec", 1));
    inputs.add("bytes behind", HostileInputs.joined(valid, new byte[1]));
    return inputs.list();
  }

  static List<HostileInput> privateKeys() throws IOException {
    HostileInputs inputs =
        pemAndJwk(
            SampleKeys.P384.getPrivate().getEncoded(),
            "PRIVATE KEY",
            HostileOcicrypt.jwk(SampleKeys.RSA, true));
    String rsa = new String(HostileOcicrypt.jwk(SampleKeys.RSA, true), StandardCharsets.US_ASCII);
    for (String part : List.of("d", "p", "q", "dp", "dq", "qi", "n", "e")) {
      for (String value : List.of("", "AA", "AQ", "Ag", "_".repeat(2_700), "_".repeat(200_000))) {
        inputs.add(
            "%s of %d characters".formatted(part, value.length()),
            rsa.replaceAll(
                "\"%s\":\"[^\"]*\"".formatted(part), "\"%s\":\"%s\"".formatted(part, value)));
      }
    }
    inputs.add("three primes", rsa.replace("\"d\":", "\"oth\":[],\"d\":"));
    for (String d : List.of("", "AA", "_".repeat(43), "_".repeat(200_000))) {
      inputs.add(
          "EC d of %d characters".formatted(d.length()),
          new String(HostileOcicrypt.jwk(SampleKeys.P256, true), StandardCharsets.US_ASCII)
              .replaceAll("\"d\":\"[^\"]*\"", "\"d\":\"" + d + "\""));
    }
    inputs.damage(SamplePgp.locked().getEncoded());
    inputs.add("Argon2 of 2 TiB", argon2());
    inputs.add("many keys", HostileOcicrypt.packets(50, SamplePgp.P256.secretKey()));
    return inputs.list();
  }

  /** A secret key that asks for Argon2 with all the memory that there is. */
  private static byte[] argon2() throws IOException {
    try {
      List<PgpPacket> packets = new ArrayList<>(PgpPacket.read(SamplePgp.X25519.secretKey()));
      for (int i = 0; i < packets.size(); i++) {
        PgpPacket packet = packets.get(i);
        if (packet.tag() == PgpPacket.SECRET_SUBKEY) {
          // Version, time, algorithm and 32 bytes of public key, then what says how it is locked.
          byte[] head = Arrays.copyOf(packet.body(), 6 + 32);
          byte[] lock = {(byte) 254, 9, 4};
          byte[] cost = {(byte) 255, 4, 31};
          packets.set(
              i,
              new PgpPacket(
                  packet.tag(),
                  HostileInputs.joined(head, lock, new byte[16], cost, new byte[16 + 52])));
        }
      }
      return PgpPacket.encoded(packets);
    } catch (Malformed e) {
      throw new IllegalStateException(e);
    }
  }

  static List<HostileInput> pgpCertificates() throws IOException {
    byte[] valid = SamplePgp.P256.publicKey();
    HostileInputs inputs =
        new HostileInputs(Attack.seed())
            .damage(valid)
            .damage(SamplePgp.X25519.armored().getBytes(StandardCharsets.US_ASCII))
            .add("valid", valid)
            .add("valid, armored", SamplePgp.X25519.armored());
    HostileOcicrypt.pgpLengths(inputs, valid);
    List<PgpPacket> packets;
    try {
      packets = PgpPacket.read(valid);
    } catch (Malformed e) {
      throw new IllegalStateException(e);
    }
    for (int i = 0; i < packets.size(); i++) {
      PgpPacket packet = packets.get(i);
      for (int length : new int[] {0, 1, 5, 6, packet.body().length / 2}) {
        List<PgpPacket> cut = new ArrayList<>(packets);
        cut.set(i, new PgpPacket(packet.tag(), Arrays.copyOf(packet.body(), length)));
        inputs.add("packet %d cut to %d".formatted(i, length), PgpPacket.encoded(cut));
      }
      List<PgpPacket> without = new ArrayList<>(packets);
      without.remove(i);
      inputs.add("without packet " + i, PgpPacket.encoded(without));
      List<PgpPacket> many = new ArrayList<>(packets);
      many.addAll(i, Collections.nCopies(2_000, packet));
      inputs.add("packet %d 2,000 times".formatted(i), PgpPacket.encoded(many));
    }
    Collections.reverse(packets);
    inputs.add("backwards", PgpPacket.encoded(packets));
    inputs.add("a secret key", SamplePgp.P256.secretKey());
    inputs.add("200 keys", HostileOcicrypt.packets(200, valid));
    return inputs.list();
  }
}
