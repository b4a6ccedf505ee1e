package dev.longshore.resolver.hub.access;

import dev.longshore.model.Digest;
import dev.longshore.resolver.hub.AnswerSigner;
import dev.longshore.sites.SigningKey;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.jspecify.annotations.Nullable;

/** The key that signs a hub's answers, and those that sites trust beside it. */
public final class SigningKeys {
  private static final String ALGORITHM = "Ed25519";

  /** Bytes of a public key (RFC 8032), the last ones of its SubjectPublicKeyInfo (RFC 8410). */
  private static final int KEY = 32;

  private static final int ID_DIGITS = 16;
  private static final String MINE = "PRIVATE KEY";
  private static final Pattern PEM =
      Pattern.compile(
          "-----BEGIN ((?:PRIVATE|PUBLIC) KEY)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

  private static final Set<PosixFilePermission> OWNER_ALONE =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  /** Access for others would let them sign as the hub. */
  private static final Set<PosixFilePermission> OF_OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private final PrivateKey current;
  private final List<SigningKey> published;
  private final List<AnswerSigner> signers;

  private SigningKeys(PrivateKey current, List<SigningKey> published, List<AnswerSigner> signers) {
    this.current = current;
    this.published = List.copyOf(published);
    this.signers = List.copyOf(signers);
  }

  /**
   * Reads the keys, and creates the current one if its file is absent.
   *
   * @param signing file of the signing key
   * @param others files of other keys that sites trust, public or private
   * @throws IOException when a file cannot be read or written, or holds no such key
   */
  public static SigningKeys open(Path signing, List<Path> others) throws IOException {
    if (Files.notExists(signing)) {
      make(signing);
    }
    requireOwners(signing);
    PrivateKey current = privateKey(signing, der(signing, MINE));
    List<SigningKey> published = new ArrayList<>();
    published.add(key(publicKey(current)));
    List<AnswerSigner> signers = new ArrayList<>();
    signers.add(new AnswerSigner(published.getFirst().id(), current));
    for (Path other : others) {
      SigningKey its = key(publicKey(other));
      if (!published.contains(its)) {
        published.add(its);
        Matcher pem = pem(other);
        if (pem.group(1).equals(MINE)) {
          signers.add(new AnswerSigner(its.id(), privateKey(other, decoded(other, pem))));
        }
      }
    }
    return new SigningKeys(current, published, signers);
  }

  /** Public keys that sites trust, the current one first. */
  public List<SigningKey> published() {
    return published;
  }

  /** All keys with a private part here, the current one first: they vouch for the others. */
  public List<AnswerSigner> signers() {
    return signers;
  }

  /** The public part of the signing key. */
  public SigningKey current() {
    return published.getFirst();
  }

  /** The key that signs. */
  public PrivateKey signing() {
    return current;
  }

  /** Ed25519 of the current key over these bytes. */
  public byte[] sign(byte[] bytes) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(current);
      signature.update(bytes);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("signing with " + ALGORITHM, e);
    }
  }

  private static SigningKey key(byte[] ed25519) {
    return new SigningKey(
        Digest.of(ed25519).hex().substring(0, ID_DIGITS),
        Base64.getUrlEncoder().withoutPadding().encodeToString(ed25519));
  }

  private static void make(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    byte[] pem;
    try {
      byte[] der =
          KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair().getPrivate().getEncoded();
      pem =
          "-----BEGIN %s-----%n%s%n-----END %s-----%n"
              .formatted(MINE, Base64.getMimeEncoder().encodeToString(der), MINE)
              .getBytes(StandardCharsets.US_ASCII);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java makes no keys for " + ALGORITHM, e);
    }
    Files.createDirectories(folder);
    Path whole =
        Files.createTempFile(
            folder, ".signing-key", ".new", PosixFilePermissions.asFileAttribute(OWNER_ALONE));
    try {
      Files.write(whole, pem);
      try (FileChannel channel = FileChannel.open(whole, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.createLink(file, whole); // never over one that another process made meanwhile
    } catch (FileAlreadyExistsException made) {
      // The other's key applies: it may be published already.
      return;
    } finally {
      Files.deleteIfExists(whole);
    }
  }

  private static void requireOwners(Path file) throws IOException {
    if (Files.getFileStore(file).supportsFileAttributeView("posix")
        && Files.getPosixFilePermissions(file).stream().anyMatch(OF_OTHERS::contains)) {
      throw new IOException(
          file
              + ": others can read or write this key, and so speak as the hub (expected: chmod"
              + " 600)");
    }
  }

  private static byte[] publicKey(Path file) throws IOException {
    Matcher pem = pem(file);
    byte[] der = decoded(file, pem);
    if (pem.group(1).equals(MINE)) {
      return publicKey(privateKey(file, der));
    }
    try {
      PublicKey read =
          KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(der));
      byte[] encoded = read.getEncoded();
      return Arrays.copyOfRange(encoded, encoded.length - KEY, encoded.length);
    } catch (GeneralSecurityException e) {
      throw noKey(file, e);
    }
  }

  private static byte[] publicKey(PrivateKey key) throws IOException {
    if (key instanceof EdECPrivateKey mine && mine.getBytes().isPresent()) {
      byte[] seed = mine.getBytes().get();
      return new Ed25519PrivateKeyParameters(seed).generatePublicKey().getEncoded();
    }
    throw new IOException("the signing key does not tell its bytes (expected: a key in a file)");
  }

  private static PrivateKey privateKey(Path file, byte[] der) throws IOException {
    try {
      return KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (GeneralSecurityException e) {
      throw noKey(file, e);
    }
  }

  private static byte[] der(Path file, String kind) throws IOException {
    Matcher pem = pem(file);
    if (!pem.group(1).equals(kind)) {
      throw noKey(file, null);
    }
    return decoded(file, pem);
  }

  private static Matcher pem(Path file) throws IOException {
    String text;
    try {
      text = Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no file " + file + " (expected: an Ed25519 key in PEM)", e);
    }
    Matcher pem = PEM.matcher(text);
    if (!pem.find()) {
      throw noKey(file, null);
    }
    return pem;
  }

  private static byte[] decoded(Path file, Matcher pem) throws IOException {
    try {
      return Base64.getMimeDecoder().decode(pem.group(2));
    } catch (IllegalArgumentException e) {
      throw noKey(file, e);
    }
  }

  private static IOException noKey(Path file, @Nullable Exception cause) {
    return new IOException(
        file
            + ": no such key (expected: Ed25519 in PEM, PKCS #8 without a password; make one with"
            + " 'openssl genpkey -algorithm ed25519')",
        cause);
  }
}
