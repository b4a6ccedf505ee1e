package dev.longshore.ocicrypt;

import dev.longshore.model.Digest;
import dev.longshore.testing.Attack;
import dev.longshore.testing.HostileInput;
import dev.longshore.testing.HostileInputs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;

/** Inputs that break readers of wrapped keys; those of keys are in {@link HostileKeys}. */
final class HostileOcicrypt {
  private static final byte[] LAYER = {1, 2, 3};

  private final SampleKeys keys;
  private final Map<String, Map<String, String>> sealed = new HashMap<>();

  HostileOcicrypt(SampleKeys keys) {
    this.keys = keys;
  }

  /** A valid layer's, each made once. */
  Map<String, String> annotations(String... recipients) throws IOException {
    String name = String.join(" ", recipients);
    if (!sealed.containsKey(name)) {
      sealed.put(
          name,
          LayerCipher.encrypt(
                  new ByteArrayInputStream(LAYER),
                  Digest.of(LAYER),
                  keys.recipients(recipients),
                  OutputStream.nullOutputStream(),
                  new SecureRandom())
              .annotations());
    }
    return sealed.get(name);
  }

  private byte[] packet(Scheme scheme, String... recipients) throws IOException {
    return Base64.getDecoder().decode(annotations(recipients).get(scheme.annotation()));
  }

  byte[] validJwe(String... recipients) throws IOException {
    return packet(Scheme.JWE, recipients);
  }

  byte[] validPkcs7() throws IOException {
    return packet(Scheme.PKCS7, "pkcs7:rsa.crt", "pkcs7:other.crt");
  }

  byte[] validPgp(String... recipients) throws IOException {
    return packet(Scheme.PGP, recipients);
  }

  static byte[] jwk(KeyPair pair, boolean secret) {
    return SampleJwk.of(pair, JweAlgorithm.usualFor(pair.getPublic()), secret)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static String url(String text) {
    return Base64Text.urlText(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String quoted(String text) {
    return '"'
        + text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\p{Cntrl}", " ")
        + '"';
  }

  List<HostileInput> jwe() throws IOException {
    byte[] two = validJwe("jwe:p256.pub", "jwe:p384.pub");
    String text = new String(two, StandardCharsets.US_ASCII);
    String one = new String(validJwe("jwe:p256.pub"), StandardCharsets.US_ASCII);
    String rest = one.substring(one.indexOf(",\"encrypted_key\""));
    HostileInputs inputs = new HostileInputs(Attack.seed()).damage(two).add("valid", two);
    inputs.each(
        "alg", HostileInputs.oddTexts(), alg -> flattened("{\"alg\":%s}", quoted(alg), rest));
    inputs.each(
        "enc", HostileInputs.oddTexts(), enc -> flattened("{\"enc\":%s}", quoted(enc), rest));
    inputs.each(
        "number",
        HostileInputs.oddNumbers(),
        n -> text.replace("\"tag\":", "\"x\":" + n + ",\"tag\":"));
    inputs.each(
        "x of a point",
        List.of("", "AA", "A".repeat(43), "_".repeat(43), "A".repeat(100_000), "!"),
        x ->
            flattened(
                "{\"alg\":\"ECDH-ES+A256KW\",\"enc\":\"A256GCM\",\"epk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":%s,\"y\":\"AA\"}}",
                quoted(x), rest));
    inputs.each(
        "header",
        List.of(
            "{\"alg\":\"dir\",\"enc\":\"A256GCM\"}",
            "{\"alg\":\"PBES2-HS256+A128KW\",\"enc\":\"A256GCM\",\"p2s\":\"AA\",\"p2c\":2147483647}",
            "{\"alg\":\"none\",\"enc\":\"A256GCM\"}",
            "{\"alg\":\"RSA1_5\",\"enc\":\"A256GCM\"}",
            "{\"alg\":\"RSA-OAEP\",\"enc\":\"A256GCM\",\"zip\":\"DEF\"}",
            "{\"alg\":\"RSA-OAEP\",\"enc\":\"A256GCM\",\"crit\":[\"exp\"]}",
            "{\"alg\":\"RSA-OAEP\",\"alg\":\"RSA-OAEP\",\"enc\":\"A256GCM\"}",
            "{\"alg\":\"RSA-OAEP\",\"enc\":\"A128CBC-HS256\"}",
            "{\"alg\":\"ECDH-ES+A256KW\",\"enc\":\"A256GCM\"}",
            "{\"alg\":\"ECDH-ES+A256KW\",\"enc\":\"A256GCM\",\"epk\":{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"AA\"}}",
            "{\"alg\":[],\"enc\":{}}",
            "[]",
            "null",
            "{}"),
        header -> flattened("%s", header, rest));
    inputs.add("deep", "{\"a\":" + "[".repeat(60_000) + "]".repeat(60_000) + "}");
    inputs.add("many names", names(20_000, rest));
    inputs.add(
        "names of one hash",
        HostileInputs.collidingNames(31, 13).stream()
            .map(name -> "\"" + name + "\":1")
            .collect(Collectors.joining(",", "{", "}")));
    for (int count : new int[] {0, 1, Limits.RECIPIENTS, Limits.RECIPIENTS + 1, 20_000}) {
      String recipient = text.replaceAll(".*\"recipients\":\\[(\\{.*?\\}),\\{\"header.*", "$1");
      inputs.add(
          count + " recipients",
          text.replaceAll(
              "\"recipients\":\\[.*\\]",
              "\"recipients\":["
                  + IntStream.range(0, count)
                      .mapToObj(_ -> recipient)
                      .collect(Collectors.joining(","))
                  + "]"));
    }
    inputs.add(
        "recipients no list", text.replaceAll("\"recipients\":\\[.*\\]", "\"recipients\":{}"));
    inputs.add(
        "recipients of numbers", text.replaceAll("\"recipients\":\\[.*\\]", "\"recipients\":[1]"));
    inputs.add("something behind", text + "{}");
    inputs.add("spaces before", " ".repeat(100_000) + text);
    inputs.add("compact of nothing", "e....");
    inputs.add("compact of dots", "e" + ".".repeat(100_000));
    inputs.add("an aad", text.replace("\"tag\":", "\"aad\":\"AA\",\"tag\":"));
    inputs.add(
        "a name in two headers",
        text.replace("\"tag\":", "\"unprotected\":{\"enc\":\"A256GCM\"},\"tag\":"));
    return inputs.list();
  }

  private static String flattened(String header, String value, String rest) {
    return "{\"protected\":\"" + url(header.replace("%s", value)) + "\"" + rest;
  }

  private static String names(int count, String rest) {
    return flattened(
        "%s",
        IntStream.range(0, count)
            .mapToObj(i -> "\"" + i + "\":1")
            .collect(Collectors.joining(",", "{", "}")),
        rest);
  }

  List<HostileInput> pkcs7() throws IOException {
    byte[] valid = validPkcs7();
    HostileInputs inputs = new HostileInputs(Attack.seed()).damage(valid).add("valid", valid);
    der(inputs, valid);
    byte[] entry = RawDer.write(RawDer.SEQUENCE, RawDer.integer(0));
    inputs.add("a recipient of a number", enveloped(entry));
    inputs.add("no recipient", enveloped());
    inputs.add("a recipient by key id", enveloped(RawDer.write(0xA2, RawDer.integer(2))));
    for (int count : new int[] {Limits.RECIPIENTS, Limits.RECIPIENTS + 1, 5_000}) {
      byte[] small =
          RawDer.write(
              RawDer.SEQUENCE,
              RawDer.integer(0),
              RawDer.write(RawDer.SEQUENCE, RawDer.write(RawDer.SEQUENCE), RawDer.integer(1)),
              RawDer.write(RawDer.SEQUENCE, Der.encoded(PKCSObjectIdentifiers.rsaEncryption)),
              RawDer.write(RawDer.OCTET_STRING, new byte[8]));
      byte[][] many = new byte[count][];
      java.util.Arrays.fill(many, small);
      inputs.add(count + " recipients", enveloped(many));
    }
    inputs.add(
        "an issuer of noise",
        enveloped(recipient(RawDer.write(RawDer.SEQUENCE, inputs.noise(99)))));
    byte[] deep = new byte[0];
    for (int i = 0; i < 3_000; i++) {
      deep = RawDer.write(RawDer.SEQUENCE, deep);
    }
    inputs.add("an issuer that is deep", enveloped(recipient(deep)));
    inputs.add("deep", deep);
    inputs.add(
        "a long serial", enveloped(recipient(RawDer.write(RawDer.SEQUENCE), new byte[20_000])));
    return inputs.list();
  }

  private static byte[] recipient(byte[] issuer) {
    return recipient(issuer, new byte[] {1});
  }

  private static byte[] recipient(byte[] issuer, byte[] serial) {
    return RawDer.write(
        RawDer.SEQUENCE,
        RawDer.integer(0),
        RawDer.write(RawDer.SEQUENCE, issuer, RawDer.write(RawDer.INTEGER, serial)),
        RawDer.write(RawDer.SEQUENCE, Der.encoded(PKCSObjectIdentifiers.rsaEncryption)),
        RawDer.write(RawDer.OCTET_STRING, new byte[256]));
  }

  private static byte[] enveloped(byte[]... recipients) {
    byte[] parameters =
        RawDer.write(
            RawDer.SEQUENCE, RawDer.write(RawDer.OCTET_STRING, new byte[12]), RawDer.integer(16));
    return RawDer.write(
        RawDer.SEQUENCE,
        Der.encoded(PKCSObjectIdentifiers.envelopedData),
        RawDer.write(
            RawDer.CONTEXT,
            RawDer.write(
                RawDer.SEQUENCE,
                RawDer.integer(0),
                RawDer.write(RawDer.SET, recipients),
                RawDer.write(
                    RawDer.SEQUENCE,
                    Der.encoded(PKCSObjectIdentifiers.data),
                    RawDer.write(
                        RawDer.SEQUENCE,
                        Der.encoded(NISTObjectIdentifiers.id_aes128_GCM),
                        parameters),
                    RawDer.write(RawDer.CONTEXT_PRIMITIVE, new byte[64])))));
  }

  /** Every length and tag of the first elements, changed to what lies. */
  static void der(HostileInputs inputs, byte[] valid) {
    List<byte[]> lengths = new ArrayList<>();
    for (int first : new int[] {0x80, 0x81, 0x84, 0x85, 0x88, 0xFE, 0xFF}) {
      byte[] length = new byte[9];
      java.util.Arrays.fill(length, (byte) 0xFF);
      length[0] = (byte) first;
      lengths.add(length);
    }
    lengths.add(new byte[] {(byte) 0x84, 0, 0, 0, 1});
    lengths.add(new byte[] {(byte) 0x83, 0x7F, (byte) 0xFF, (byte) 0xFF});
    for (int at : new int[] {1, 5, 20}) {
      for (byte[] length : lengths) {
        byte[] head = java.util.Arrays.copyOf(valid, at);
        byte[] tail = java.util.Arrays.copyOfRange(valid, at + 1, valid.length);
        inputs.add(
            "length " + new BigInteger(1, length).toString(16) + " at " + at,
            HostileInputs.joined(head, length, tail));
      }
    }
    for (int tag : new int[] {0, 0x1F, 0x3F, 0x04, 0x31, 0xA0, 0xFF}) {
      byte[] other = valid.clone();
      other[0] = (byte) tag;
      inputs.add("tag " + tag, other);
    }
  }

  List<HostileInput> pgp() throws IOException {
    byte[] valid = validPgp("pgp:X25519.asc", "pgp:RSA.asc");
    HostileInputs inputs = new HostileInputs(Attack.seed()).damage(valid).add("valid", valid);
    PgpMessage message = PgpMessage.read(valid);
    PgpPacket key = message.keys().getFirst().packet();
    for (int tag = 0; tag < 64; tag++) {
      inputs.add(
          "data as packet " + tag,
          PgpPacket.encoded(List.of(key, new PgpPacket(tag, message.data().body()))));
    }
    pgpLengths(inputs, valid);
    for (int count : new int[] {Limits.RECIPIENTS, Limits.RECIPIENTS + 1, 2_000}) {
      List<PgpPacket> many = new ArrayList<>();
      IntStream.range(0, count).forEach(_ -> many.add(key));
      many.add(message.data());
      inputs.add(count + " session keys", PgpPacket.encoded(many));
    }
    inputs.add("marks", HostileInputs.joined(packets(40_000, new byte[] {(byte) 0xCA, 0}), valid));
    for (int version : new int[] {0, 2, 6, 255}) {
      byte[] body = key.body().clone();
      body[0] = (byte) version;
      inputs.add("session key of version " + version, withKey(message, body));
      byte[] data = message.data().body().clone();
      data[0] = (byte) version;
      inputs.add(
          "data of version " + version,
          PgpPacket.encoded(List.of(key, new PgpPacket(PgpPacket.PROTECTED_DATA, data))));
    }
    for (int length : new int[] {0, 1, 9, 10, 11, 12, 43}) {
      inputs.add(
          "a session key of " + length,
          withKey(message, java.util.Arrays.copyOf(key.body(), length)));
    }
    byte[] zero = key.body().clone();
    java.util.Arrays.fill(zero, 10, zero.length, (byte) 0);
    inputs.add("a session key of zeros", withKey(message, zero));
    byte[] ones = key.body().clone();
    java.util.Arrays.fill(ones, 10, ones.length, (byte) 0xFF);
    inputs.add("a session key of ones", withKey(message, ones));
    inputs.add("no data", key.encoded());
    inputs.add("no key", message.data().encoded());
    inputs.add("empty data", PgpPacket.encoded(List.of(key, new PgpPacket(18, new byte[] {1}))));
    return inputs.list();
  }

  private static byte[] withKey(PgpMessage message, byte[] body) {
    return PgpPacket.encoded(List.of(new PgpPacket(PgpPacket.SESSION_KEY, body), message.data()));
  }

  static byte[] packets(int count, byte[] packet) {
    byte[][] many = new byte[count][];
    java.util.Arrays.fill(many, packet);
    return HostileInputs.joined(many);
  }

  /** Lengths of both forms that lie. */
  static void pgpLengths(HostileInputs inputs, byte[] valid) {
    byte[] rest = java.util.Arrays.copyOfRange(valid, 2, valid.length);
    for (String head :
        List.of(
            "c1ffffffffff",
            "c1ff7fffffff",
            "c1ff",
            "c1fe",
            "c1e0",
            "c1f0f0f0",
            "d2feff",
            "d2e0",
            "86ffffffff",
            "867fffffff",
            "87",
            "85ffff",
            "84",
            "c1df",
            "c1dfff",
            "80",
            "40",
            "00",
            "ff")) {
      inputs.add(
          "head " + head, HostileInputs.joined(java.util.HexFormat.of().parseHex(head), rest));
    }
    inputs.add(
        "partial lengths of one byte",
        HostileInputs.joined(
            new byte[] {(byte) 0xD2}, packets(60_000, new byte[] {(byte) 0xE0, 1})));
  }

  List<HostileInput> publicKeys() {
    return HostileKeys.publicKeys();
  }

  List<HostileInput> certificates() throws IOException {
    return HostileKeys.certificates(keys.read("other.crt"));
  }

  List<HostileInput> privateKeys() throws IOException {
    return HostileKeys.privateKeys();
  }

  List<HostileInput> pgpCertificates() throws IOException {
    return HostileKeys.pgpCertificates();
  }
}
