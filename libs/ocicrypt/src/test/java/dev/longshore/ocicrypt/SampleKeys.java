package dev.longshore.ocicrypt;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;

/** Keys made on the spot, and the files that they would stand in. */
final class SampleKeys implements KeyFiles {
  static final KeyPair RSA = pair("RSA-2048");
  static final KeyPair OTHER_RSA = pair("RSA-2048");
  static final KeyPair P256 = pair("secp256r1");
  static final KeyPair P384 = pair("secp384r1");
  static final KeyPair P521 = pair("secp521r1");

  private final Map<String, byte[]> files = new HashMap<>();

  static KeyPair pair(String kind) {
    try {
      KeyPairGenerator generator;
      if (kind.startsWith("RSA-")) {
        generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(Integer.parseInt(kind.substring(4)));
      } else {
        generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(kind));
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String pem(String label, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), label);
  }

  SampleKeys put(String path, byte[] file) {
    files.put(path, file);
    return this;
  }

  SampleKeys put(String path, String file) {
    return put(path, file.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /** {@code name.pub} and {@code name.key}, in PEM. */
  SampleKeys put(String name, KeyPair pair) {
    put(name + ".pub", pem("PUBLIC KEY", pair.getPublic().getEncoded()));
    return put(name + ".key", pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
  }

  List<String> names() {
    return files.keySet().stream().sorted().toList();
  }

  /** What stands inside PKCS#8. */
  static byte[] pkcs1(java.security.PrivateKey key) {
    return PrivateKeyInfo.getInstance(key.getEncoded()).getPrivateKey().getOctets();
  }

  /** A copy, since readers wipe what they read. */
  @Override
  public byte[] read(String path) throws IOException {
    byte[] file = files.get(path);
    if (file == null) {
      throw new NoSuchFileException(path);
    }
    return file.clone();
  }

  static SampleKeys all() {
    return new SampleKeys()
        .put("rsa", RSA)
        .put("other", OTHER_RSA)
        .put("p256", P256)
        .put("p384", P384)
        .put("p521", P521)
        .put("rsa.crt", pem("CERTIFICATE", SampleCertificate.of(RSA, "CN=rsa,O=Longshore", 7)))
        .put("other.crt", SampleCertificate.of(OTHER_RSA, "CN=other", Long.MAX_VALUE));
  }

  /** Everything above, and OpenPGP. */
  static SampleKeys withPgp() throws IOException {
    SampleKeys keys = all();
    for (SamplePgp pgp : SamplePgp.values()) {
      keys.put(pgp.name() + ".asc", pgp.armored());
      keys.put(pgp.name() + ".gpg", pgp.publicKey());
      keys.put(pgp.name() + ".sec", pgp.secretKey());
    }
    return keys;
  }

  Recipients recipients(String... texts) throws IOException {
    return Recipients.parse(List.of(texts), this);
  }

  PrivateKeys keys(String... texts) throws IOException {
    return PrivateKeys.parse(List.of(texts), this);
  }
}
