package dev.longshore.ocicrypt;

import dev.longshore.model.Excerpt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.openpgp.PGPKeyPair;

/**
 * Private keys that open layers. Kept until closed; the JDK's key objects cannot be wiped, so keep
 * their holder short-lived.
 */
public final class PrivateKeys implements AutoCloseable {
  /** Most private keys: each is tried on each recipient. */
  private static final int MOST = 64;

  private final List<PrivateKey> keys = new ArrayList<>();
  private final List<PGPKeyPair> pgpKeys = new ArrayList<>();
  private int certificates;

  PrivateKeys() {}

  /**
   * Reads private keys as {@code nerdctl image decrypt --key} takes them: a path, and after a colon
   * its password, {@code pass=} a password, {@code file=} the path of a file with it in its first
   * line, or {@code env=} the name of a variable. For an encrypted key without any of these,
   * prompts for the password. A file holds PKCS#8, PKCS#1 or SEC1 (PEM or DER), a JSON Web Key or
   * OpenPGP secret keys. Certificates, which the reference needs for PKCS#7, are accepted and not
   * needed; so is a {@code pkcs7:} prefix.
   */
  public static PrivateKeys parse(List<String> texts, KeyFiles files) throws IOException {
    PrivateKeys all = new PrivateKeys();
    all.addFiles(texts, files);
    return all;
  }

  /** All of them, or none: keys read before a failure are not kept. */
  void addFiles(List<String> texts, KeyFiles files) throws IOException {
    try {
      for (String text : texts) {
        addFile(text, files);
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private void addFile(String text, KeyFiles files) throws IOException {
    String rest = text.startsWith("pkcs7:") ? text.substring("pkcs7:".length()) : text;
    int colon = rest.indexOf(':');
    String path = colon < 0 ? rest : rest.substring(0, colon);
    byte[] password = colon < 0 ? new byte[0] : password(rest.substring(colon + 1), files);
    try {
      addFile(path, password, files);
    } finally {
      Secrets.wipe(password);
    }
  }

  private void addFile(String path, byte[] password, KeyFiles files) throws IOException {
    try {
      addAll(path, password, files);
    } catch (OcicryptException e) {
      boolean missing = e.kind() == OcicryptException.Kind.BAD_PASSWORD && password.length == 0;
      Optional<byte[]> asked = missing ? files.ask(path) : Optional.empty();
      if (asked.isEmpty()) {
        throw e;
      }
      try {
        addAll(path, asked.get(), files);
      } finally {
        Secrets.wipe(asked.get());
      }
    }
  }

  /** All keys of a file, or none. */
  private void addAll(String path, byte[] password, KeyFiles files) throws IOException {
    String what = "key file " + Excerpt.of(path);
    byte[] file = Recipients.read(files, path, what);
    PrivateKeys found = new PrivateKeys();
    try {
      found.add(what, file, password);
    } finally {
      Secrets.wipe(file);
    }
    keys.addAll(found.keys);
    pgpKeys.addAll(found.pgpKeys);
    certificates += found.certificates;
    checkCount();
  }

  private static byte[] password(String text, KeyFiles files) throws IOException {
    if (text.startsWith("file=")) {
      String path = text.substring("file=".length());
      return firstLine(Recipients.read(files, path, "password file " + Excerpt.of(path)));
    }
    if (text.startsWith("env=")) {
      return files.variable(text.substring("env=".length()));
    }
    if (text.startsWith("fd=")) {
      throw OcicryptException.unsupported("a key's password", "fd=: give it with file=");
    }
    String password = text.startsWith("pass=") ? text.substring("pass=".length()) : text;
    return password.getBytes(StandardCharsets.UTF_8);
  }

  /** As gpg and OpenSSL read such a file; editors add a final line break. */
  private static byte[] firstLine(byte[] file) {
    int end = 0;
    while (end < file.length && file[end] != '\n' && file[end] != '\r') {
      end++;
    }
    byte[] line = java.util.Arrays.copyOf(file, end);
    Secrets.wipe(file);
    return line;
  }

  private void add(String what, byte[] file, byte[] password) throws OcicryptException {
    if (PgpKeyFile.isOne(file)) {
      pgpKeys.addAll(PgpKeyFile.secretKeys(what, file, password));
      checkCount();
    } else if (Pem.isIn(file)) {
      List<Pem> blocks = Pem.blocks(what, file);
      try {
        addBlocks(what, blocks, password);
      } finally {
        blocks.forEach(block -> Secrets.wipe(block.der()));
      }
    } else if (file.length > 0 && file[0] == Der.SEQUENCE) {
      addDer(what, file, password);
    } else {
      add(
          Jwk.parse(what, file)
              .secret()
              .orElseThrow(() -> OcicryptException.badKey(what, "it is a public key")));
    }
  }

  private void addBlocks(String what, List<Pem> blocks, byte[] password) throws OcicryptException {
    int before = keys.size() + certificates;
    for (Pem block : blocks) {
      switch (block.label()) {
        case "PRIVATE KEY" -> add(PrivateKeyFile.pkcs8(what, block.der()));
        case "ENCRYPTED PRIVATE KEY" -> add(EncryptedKeys.pkcs8(what, block.der(), password));
        case "RSA PRIVATE KEY", "EC PRIVATE KEY" -> addOld(what, block, password);
        case "CERTIFICATE" -> certificates++;
        default -> {}
      }
    }
    if (keys.size() + certificates == before) {
      throw OcicryptException.badKey(what, "it holds no private key");
    }
  }

  /** From before PKCS#8; such a block may be entirely encrypted. */
  private void addOld(String what, Pem block, byte[] password) throws OcicryptException {
    boolean encrypted = block.header("Proc-Type").isPresent();
    byte[] der = encrypted ? EncryptedKeys.pem(what, block, password) : block.der();
    try {
      add(PrivateKeyFile.der(what, der));
    } finally {
      Secrets.wipe(der);
    }
  }

  private void addDer(String what, byte[] der, byte[] password) throws OcicryptException {
    switch (kind(what, der)) {
      case PRIVATE -> add(PrivateKeyFile.der(what, der));
      case ENCRYPTED -> add(EncryptedKeys.pkcs8(what, der, password));
      case PUBLIC -> throw OcicryptException.badKey(what, "it is a public key");
      case CERTIFICATE -> {
        Pkcs7Recipient.parse(what, der);
        certificates++;
      }
    }
  }

  private enum Kind {
    PRIVATE,
    ENCRYPTED,
    PUBLIC,
    CERTIFICATE
  }

  /** Private keys begin with a version, encrypted and public ones with their algorithm. */
  private static Kind kind(String what, byte[] der) throws OcicryptException {
    try {
      return Der.read(
          der,
          element -> {
            ASN1Sequence file = ASN1Sequence.getInstance(element);
            if (!(file.getObjectAt(0) instanceof ASN1Sequence first)) {
              return Kind.PRIVATE;
            }
            if (!(first.getObjectAt(0) instanceof ASN1ObjectIdentifier)) {
              return Kind.CERTIFICATE;
            }
            return file.getObjectAt(1) instanceof ASN1BitString ? Kind.PUBLIC : Kind.ENCRYPTED;
          });
    } catch (Malformed e) {
      throw OcicryptException.badKey(what, "it is no DER: " + e.getMessage());
    }
  }

  private void add(PrivateKey key) throws OcicryptException {
    keys.add(key);
    checkCount();
  }

  private void checkCount() throws OcicryptException {
    if (keys.size() + pgpKeys.size() > MOST) {
      throw OcicryptException.limit("private keys", "more than " + MOST);
    }
  }

  List<PrivateKey> keys() {
    return List.copyOf(keys);
  }

  List<PGPKeyPair> pgpKeys() {
    return List.copyOf(pgpKeys);
  }

  @Override
  public void close() {
    keys.clear();
    pgpKeys.clear();
  }

  @Override
  public String toString() {
    return keys.size() + pgpKeys.size() + " private keys";
  }
}
