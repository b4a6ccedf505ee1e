package dev.longshore.ocicrypt;

import dev.longshore.model.Excerpt;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A layer's key in the annotations of its descriptor: its recipients, and adding more. */
public final class LayerKeys {
  static final String PREFIX = "org.opencontainers.image.enc.keys.";

  /** Prefix of all annotations that encryption adds. */
  private static final String ENCRYPTION = "org.opencontainers.image.enc.";

  private LayerKeys() {}

  /** Whether these annotations belong to an encrypted layer. */
  public static boolean areIn(Map<String, String> annotations) {
    return annotations.keySet().stream().anyMatch(name -> name.startsWith(PREFIX));
  }

  /** The annotations without those of encryption, for a decrypted layer. */
  public static SortedMap<String, String> plainAnnotations(Map<String, String> annotations) {
    SortedMap<String, String> plain = new TreeMap<>(annotations);
    plain.keySet().removeIf(name -> name.startsWith(ENCRYPTION));
    return Collections.unmodifiableSortedMap(plain);
  }

  static SortedMap<String, String> annotations(
      LayerSecret secret, PublicOptions options, Recipients to, SecureRandom random) {
    SortedMap<String, String> annotations = new TreeMap<>(wrapped(secret, to, random));
    annotations.put(PublicOptions.ANNOTATION, options.encoded());
    return annotations;
  }

  /** One packet for all recipients of a scheme. */
  private static Map<String, String> wrapped(
      LayerSecret secret, Recipients to, SecureRandom random) {
    Map<String, String> packets = new TreeMap<>();
    List<JweRecipient> jwe = to.of(JweRecipient.class);
    if (!jwe.isEmpty()) {
      packets.put(Scheme.JWE.annotation(), base64(Jwe.seal(jwe, secret.json(), random)));
    }
    List<Pkcs7Recipient> pkcs7 = to.of(Pkcs7Recipient.class);
    if (!pkcs7.isEmpty()) {
      packets.put(Scheme.PKCS7.annotation(), base64(Pkcs7.seal(pkcs7, secret.json(), random)));
    }
    List<PgpRecipient> pgp = to.of(PgpRecipient.class);
    if (!pgp.isEmpty()) {
      packets.put(Scheme.PGP.annotation(), base64(PgpMessage.seal(pgp, secret.json(), random)));
    }
    return packets;
  }

  private static String base64(byte[] packet) {
    return Base64.getEncoder().encodeToString(packet);
  }

  /**
   * The same layer for other recipients, with unchanged bytes. Former recipients may have kept its
   * key or an older manifest: only a new encryption shuts them out.
   *
   * @return all annotations of the descriptor
   */
  public static SortedMap<String, String> rewrap(
      Map<String, String> annotations, PrivateKeys keys, Recipients to) throws OcicryptException {
    SortedMap<String, String> changed = new TreeMap<>(annotations);
    changed.keySet().removeIf(name -> name.startsWith(PREFIX));
    try (LayerSecret secret = checked(annotations, keys)) {
      changed.putAll(wrapped(secret, to, new SecureRandom()));
    }
    return Collections.unmodifiableSortedMap(changed);
  }

  /**
   * The same layer for further recipients, in addition to its present ones.
   *
   * @return all annotations of the descriptor
   */
  public static SortedMap<String, String> add(
      Map<String, String> annotations, PrivateKeys keys, Recipients further)
      throws OcicryptException {
    SortedMap<String, String> changed = new TreeMap<>(annotations);
    try (LayerSecret secret = checked(annotations, keys)) {
      wrapped(secret, further, new SecureRandom())
          .forEach(
              (name, packet) -> changed.merge(name, packet, (old, added) -> old + "," + added));
    }
    inspect(changed);
    return Collections.unmodifiableSortedMap(changed);
  }

  private static LayerSecret checked(Map<String, String> annotations, PrivateKeys keys)
      throws OcicryptException {
    PublicOptions options = PublicOptions.of(annotations);
    LayerSecret secret = unwrap(annotations, keys);
    try {
      options.agreeWith(secret);
      return secret;
    } catch (OcicryptException e) {
      secret.close();
      throw e;
    }
  }

  /** The wrapped keys of a layer, sorted by scheme, in the order added. */
  public static List<KeyPacket> inspect(Map<String, String> annotations) throws OcicryptException {
    List<KeyPacket> found = new ArrayList<>();
    for (Packet packet : packets(annotations)) {
      found.add(
          switch (packet.scheme) {
            case "jwe" -> new KeyPacket("jwe", JweReader.read(packet.bytes).recipientTexts());
            case "pkcs7" -> new KeyPacket("pkcs7", Pkcs7Form.read(packet.bytes).recipientTexts());
            case "pgp" -> new KeyPacket("pgp", PgpMessage.read(packet.bytes).recipientTexts());
            default -> new KeyPacket(Excerpt.of(packet.scheme), List.of());
          });
    }
    int recipients = found.stream().mapToInt(packet -> packet.recipients().size()).sum();
    if (recipients > Limits.RECIPIENTS) {
      throw OcicryptException.limit(
          PREFIX + "*", recipients + " recipients; at most " + Limits.RECIPIENTS + " are read");
    }
    return List.copyOf(found);
  }

  /** Tries every packet until one opens; the caller closes the result. */
  static LayerSecret unwrap(Map<String, String> annotations, PrivateKeys keys)
      throws OcicryptException {
    @Nullable OcicryptException first = null;
    int recipients = 0;
    for (Packet packet : packets(annotations)) {
      try {
        Opening opening = opening(packet, keys);
        recipients += opening.recipients;
        if (recipients > Limits.RECIPIENTS) {
          throw OcicryptException.limit(
              PREFIX + "*", "more than " + Limits.RECIPIENTS + " recipients");
        }
        Optional<byte[]> options = opening.options.get();
        if (options.isPresent()) {
          return LayerSecret.parse(options.get());
        }
      } catch (OcicryptException e) {
        first = first == null ? e : first;
      }
    }
    throw first == null ? noKeyFits(annotations, keys) : first;
  }

  private interface Options {
    Optional<byte[]> get() throws OcicryptException;
  }

  private record Opening(int recipients, Options options) {}

  private static Opening opening(Packet packet, PrivateKeys keys) throws OcicryptException {
    return switch (packet.scheme) {
      case "jwe" -> {
        Jwe jwe = JweReader.read(packet.bytes);
        yield new Opening(jwe.recipientCount(), () -> jwe.open(keys.keys()));
      }
      case "pkcs7" -> {
        Pkcs7 pkcs7 = Pkcs7Form.read(packet.bytes);
        yield new Opening(pkcs7.recipientCount(), () -> pkcs7.open(keys.keys()));
      }
      case "pgp" -> {
        PgpMessage message = PgpMessage.read(packet.bytes);
        yield new Opening(message.recipientCount(), () -> message.open(keys.pgpKeys()));
      }
      default -> new Opening(0, Optional::empty);
    };
  }

  private static OcicryptException noKeyFits(Map<String, String> annotations, PrivateKeys keys)
      throws OcicryptException {
    String wanted =
        inspect(annotations).stream()
            .map(packet -> packet.scheme() + " " + packet.recipients())
            .collect(Collectors.joining("; "));
    return new OcicryptException(
        OcicryptException.Kind.WRONG_KEY,
        "none of %s opens the layer; it is encrypted for: %s".formatted(keys, Excerpt.of(wanted)));
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Packet(String scheme, byte[] bytes) {}

  private static List<Packet> packets(Map<String, String> annotations) throws OcicryptException {
    List<Packet> packets = new ArrayList<>();
    for (Map.Entry<String, String> annotation : new TreeMap<>(annotations).entrySet()) {
      String name = annotation.getKey();
      if (!name.startsWith(PREFIX)) {
        continue;
      }
      for (String text : annotation.getValue().split(",", Limits.PACKETS + 1)) {
        if (packets.size() == Limits.PACKETS) {
          throw OcicryptException.limit(
              Excerpt.of(name), "more than " + Limits.PACKETS + " wrapped keys");
        }
        packets.add(new Packet(name.substring(PREFIX.length()), packet(name, text)));
      }
    }
    if (packets.isEmpty()) {
      throw OcicryptException.badAnnotation(
          PREFIX + "*", "the layer has none: it is not encrypted, or lost its annotations");
    }
    return packets;
  }

  private static byte[] packet(String name, String text) throws OcicryptException {
    if (text.length() > Limits.PACKET / 3 * 4) {
      throw OcicryptException.limit(
          Excerpt.of(name), "a wrapped key of more than " + (Limits.PACKET >> 10) + " KiB");
    }
    return Base64Text.standard(text)
        .orElseThrow(
            () -> OcicryptException.badAnnotation(Excerpt.of(name), "a wrapped key is no base64"));
  }
}
