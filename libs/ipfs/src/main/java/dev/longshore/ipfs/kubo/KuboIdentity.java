package dev.longshore.ipfs.kubo;

import dev.longshore.ipfs.wire.ProtoWriter;
import dev.longshore.model.multiformats.Base58;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.EdECPublicKey;
import java.util.Base64;

/**
 * A node's libp2p identity: an Ed25519 key and the peer id made of its public half (libp2p
 * specification, "Peer Ids and Keys").
 */
public final class KuboIdentity {
  private static final int KEY_TYPE = 1;
  private static final int KEY_DATA = 2;
  private static final int ED25519 = 1;
  private static final int KEY_BYTES = 32;

  private final String peerId;
  private final String privateKey;

  private KuboIdentity(String peerId, String privateKey) {
    this.peerId = peerId;
    this.privateKey = privateKey;
  }

  /** A new identity. */
  public static KuboIdentity generate() {
    try {
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      byte[] publicKey = encode((EdECPublicKey) pair.getPublic());
      byte[] seed = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
      byte[] both = new byte[2 * KEY_BYTES];
      System.arraycopy(seed, 0, both, 0, KEY_BYTES);
      System.arraycopy(publicKey, 0, both, KEY_BYTES, KEY_BYTES);
      return new KuboIdentity(
          peerId(message(publicKey)), Base64.getEncoder().encodeToString(message(both)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK lacks Ed25519", e);
    }
  }

  /** The id in base58, {@code 12D3KooW...}. */
  public String peerId() {
    return peerId;
  }

  /** The private key as Kubo's settings hold it. */
  String privateKey() {
    return privateKey;
  }

  @Override
  public String toString() {
    return "KuboIdentity[" + peerId + "]";
  }

  /** Little-endian y, with the sign of x in the highest bit (RFC 8032). */
  private static byte[] encode(EdECPublicKey key) {
    byte[] big = key.getPoint().getY().toByteArray();
    byte[] little = new byte[KEY_BYTES];
    for (int i = 0; i < Math.min(big.length, KEY_BYTES); i++) {
      little[i] = big[big.length - 1 - i];
    }
    if (key.getPoint().isXOdd()) {
      little[KEY_BYTES - 1] |= (byte) 0x80;
    }
    return little;
  }

  /** A short public key is its own identity multihash. */
  private static String peerId(byte[] publicKey) {
    byte[] multihash = new byte[2 + publicKey.length];
    multihash[1] = (byte) publicKey.length;
    System.arraycopy(publicKey, 0, multihash, 2, publicKey.length);
    return Base58.encode(multihash);
  }

  private static byte[] message(byte[] key) {
    return new ProtoWriter(key.length + 8)
        .varint(KEY_TYPE, ED25519)
        .bytes(KEY_DATA, key)
        .toByteArray();
  }
}
