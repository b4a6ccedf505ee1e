package dev.longshore.ocicrypt;

import dev.longshore.model.Excerpt;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/** The DER of {@link Pkcs7}. */
final class Pkcs7Form {
  private static final String WHAT = Scheme.PKCS7.annotation();

  /** SEQUENCE without the bit that says that it is made of parts: a slip of the reference. */
  private static final int PRIMITIVE_SEQUENCE = 0x10;

  private static final int NONCE = Der.CONTEXT_PRIMITIVE | 4;

  /** Bytes of a serial number; RFC 5280 allows 20. */
  private static final int SERIAL = 64;

  private Pkcs7Form() {}

  static byte[] write(Pkcs7 pkcs7) {
    byte[][] recipients =
        pkcs7.entries().stream()
            .map(
                entry ->
                    Der.write(
                        Der.SEQUENCE,
                        Der.integer(0),
                        Der.write(Der.SEQUENCE, entry.issuer(), entry.serial()),
                        Der.write(Der.SEQUENCE, Oid.RSA),
                        Der.write(Der.OCTET_STRING, entry.encryptedKey())))
            .sorted(Arrays::compareUnsigned)
            .toArray(byte[][]::new);
    byte[] parameters =
        Der.write(
            PRIMITIVE_SEQUENCE,
            Der.write(
                Der.SEQUENCE,
                Der.write(NONCE, pkcs7.nonce()),
                Der.integer(ContentCipher.GCM_TAG_BYTES)));
    byte[] content =
        Der.write(
            Der.SEQUENCE,
            Oid.DATA,
            Der.write(Der.SEQUENCE, Oid.AES_128_GCM, parameters),
            Der.write(Der.CONTEXT_PRIMITIVE, pkcs7.sealed()));
    byte[] enveloped =
        Der.write(Der.SEQUENCE, Der.integer(0), Der.write(Der.SET, recipients), content);
    return Der.write(Der.SEQUENCE, Oid.ENVELOPED_DATA, Der.write(Der.CONTEXT, enveloped));
  }

  static Pkcs7 read(byte[] packet) throws OcicryptException {
    try {
      Der outside = new Der(packet);
      Der info = outside.in(Der.SEQUENCE);
      outside.end();
      if (!Arrays.equals(info.encoded(Der.OID), Oid.ENVELOPED_DATA)) {
        throw OcicryptException.unsupported(WHAT, "PKCS#7 of another type than enveloped data");
      }
      Der enveloped = info.in(Der.CONTEXT).in(Der.SEQUENCE);
      enveloped.integer();
      List<Pkcs7.Entry> entries = new ArrayList<>();
      List<String> others = new ArrayList<>();
      recipients(enveloped.in(Der.SET), entries, others);
      return content(entries, others, enveloped.in(Der.SEQUENCE));
    } catch (Malformed e) {
      throw OcicryptException.badAnnotation(WHAT, "it is no PKCS#7 in DER: " + e.getMessage());
    }
  }

  /** What is not supported may stand beside what is: it is kept as a text alone. */
  private static void recipients(Der set, List<Pkcs7.Entry> entries, List<String> others)
      throws Malformed, OcicryptException {
    while (set.hasNext()) {
      if (entries.size() + others.size() == Limits.RECIPIENTS) {
        throw OcicryptException.limit(WHAT, "more than " + Limits.RECIPIENTS + " recipients");
      }
      if (set.peek() != Der.SEQUENCE) {
        set.skip();
        others.add("a recipient without certificate, not supported");
        continue;
      }
      Der recipient = set.in(Der.SEQUENCE);
      recipient.integer();
      Der certificate = recipient.in(Der.SEQUENCE);
      byte[] issuer = certificate.encoded(Der.SEQUENCE);
      byte[] serial = certificate.encoded(Der.INTEGER);
      if (serial.length > SERIAL) {
        throw OcicryptException.limit(WHAT, "a serial number of " + serial.length + " bytes");
      }
      Optional<Pkcs7.Transport> transport = transport(recipient.in(Der.SEQUENCE));
      byte[] key = recipient.content(Der.OCTET_STRING);
      if (transport.isPresent()) {
        entries.add(new Pkcs7.Entry(issuer, serial, transport.get(), key));
      } else {
        others.add(
            "serial %s, issuer %s, whose key is encrypted in a way that is not supported"
                .formatted(serial(serial), name(issuer)));
      }
    }
    if (entries.isEmpty() && others.isEmpty()) {
      throw OcicryptException.badAnnotation(WHAT, "it has no recipient");
    }
  }

  /** Empty if it is none of RSA, or of another hash than SHA-1 and SHA-256. */
  private static Optional<Pkcs7.Transport> transport(Der algorithm) throws Malformed {
    byte[] oid = algorithm.encoded(Der.OID);
    if (Arrays.equals(oid, Oid.RSA)) {
      return Optional.of(Pkcs7.Transport.RSA_V15);
    }
    if (!Arrays.equals(oid, Oid.RSA_OAEP)) {
      return Optional.empty();
    }
    byte[] hash = Oid.SHA1;
    if (algorithm.peek() == Der.SEQUENCE) {
      Der parameters = algorithm.in(Der.SEQUENCE);
      if (parameters.peek() == Der.CONTEXT) {
        parameters = parameters.in(Der.CONTEXT);
      }
      if (parameters.peek() == Der.SEQUENCE) {
        hash = parameters.in(Der.SEQUENCE).encoded(Der.OID);
      }
    }
    if (Arrays.equals(hash, Oid.SHA1)) {
      return Optional.of(Pkcs7.Transport.RSA_OAEP_SHA1);
    }
    return Arrays.equals(hash, Oid.SHA256)
        ? Optional.of(Pkcs7.Transport.RSA_OAEP_SHA256)
        : Optional.empty();
  }

  private static Pkcs7 content(List<Pkcs7.Entry> entries, List<String> others, Der content)
      throws Malformed, OcicryptException {
    content.encoded(Der.OID);
    Der algorithm = content.in(Der.SEQUENCE);
    byte[] oid = algorithm.encoded(Der.OID);
    boolean aes128 = Arrays.equals(oid, Oid.AES_128_GCM);
    if (!aes128 && !Arrays.equals(oid, Oid.AES_256_GCM)) {
      throw OcicryptException.unsupported(
          WHAT, "its content is not encrypted by AES-GCM, so nothing would notice a change");
    }
    byte[] nonce = nonce(algorithm);
    int keyBytes = aes128 ? Pkcs7.AES_128 : 2 * Pkcs7.AES_128;
    return new Pkcs7(entries, others, keyBytes, nonce, sealed(content));
  }

  /** As the reference writes it, and as RFC 5084 would. */
  private static byte[] nonce(Der algorithm) throws Malformed, OcicryptException {
    Der parameters =
        algorithm.in(algorithm.peek() == PRIMITIVE_SEQUENCE ? PRIMITIVE_SEQUENCE : Der.SEQUENCE);
    if (parameters.peek() == Der.SEQUENCE) {
      parameters = parameters.in(Der.SEQUENCE);
    }
    byte[] nonce = parameters.content(parameters.peek() == NONCE ? NONCE : Der.OCTET_STRING);
    int tag = parameters.integer().intValue();
    if (nonce.length != ContentCipher.GCM_IV_BYTES || tag != ContentCipher.GCM_TAG_BYTES) {
      throw OcicryptException.unsupported(
          WHAT, "AES-GCM with another nonce than 12 bytes or another tag than 16");
    }
    return nonce;
  }

  private static byte[] sealed(Der content) throws Malformed {
    if (content.peek() == Der.CONTEXT_PRIMITIVE) {
      return content.content(Der.CONTEXT_PRIMITIVE);
    }
    Der parts = content.in(Der.CONTEXT);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (parts.hasNext()) {
      all.writeBytes(parts.content(Der.OCTET_STRING));
    }
    return all.toByteArray();
  }

  /** For people. */
  static String name(byte[] issuer) {
    try {
      return Excerpt.of(new X500Principal(issuer).getName());
    } catch (IllegalArgumentException e) {
      return "of a form that is not known";
    }
  }

  static String serial(byte[] der) {
    try {
      return HexFormat.of().formatHex(new Der(der).content(Der.INTEGER));
    } catch (Malformed e) {
      throw new IllegalStateException("a checked number is none", e);
    }
  }
}
