package dev.longshore.converter.ocicrypt;

import dev.longshore.oci.Excerpt;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
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
      List<Pkcs7.Entry> entries = entries(enveloped.in(Der.SET));
      return content(entries, enveloped.in(Der.SEQUENCE));
    } catch (Malformed e) {
      throw OcicryptException.badAnnotation(WHAT, "it is no PKCS#7 in DER: " + e.getMessage());
    }
  }

  private static List<Pkcs7.Entry> entries(Der set) throws Malformed, OcicryptException {
    List<Pkcs7.Entry> entries = new ArrayList<>();
    while (set.hasNext()) {
      if (entries.size() == Limits.RECIPIENTS) {
        throw OcicryptException.limit(WHAT, "more than " + Limits.RECIPIENTS + " recipients");
      }
      if (set.peek() != Der.SEQUENCE) {
        throw OcicryptException.unsupported(WHAT, "a recipient without certificate");
      }
      Der recipient = set.in(Der.SEQUENCE);
      recipient.integer();
      Der certificate = recipient.in(Der.SEQUENCE);
      byte[] issuer = certificate.encoded(Der.SEQUENCE);
      byte[] serial = certificate.encoded(Der.INTEGER);
      if (serial.length > SERIAL) {
        throw OcicryptException.limit(WHAT, "a serial number of " + serial.length + " bytes");
      }
      Pkcs7.Transport transport = transport(recipient.in(Der.SEQUENCE));
      entries.add(new Pkcs7.Entry(issuer, serial, transport, recipient.content(Der.OCTET_STRING)));
    }
    if (entries.isEmpty()) {
      throw OcicryptException.badAnnotation(WHAT, "it has no recipient");
    }
    return entries;
  }

  private static Pkcs7.Transport transport(Der algorithm) throws Malformed, OcicryptException {
    byte[] oid = algorithm.encoded(Der.OID);
    if (Arrays.equals(oid, Oid.RSA)) {
      return Pkcs7.Transport.RSA_V15;
    }
    if (!Arrays.equals(oid, Oid.RSA_OAEP)) {
      throw OcicryptException.unsupported(WHAT, "a key that is not encrypted by RSA");
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
      return Pkcs7.Transport.RSA_OAEP_SHA1;
    }
    if (Arrays.equals(hash, Oid.SHA256)) {
      return Pkcs7.Transport.RSA_OAEP_SHA256;
    }
    throw OcicryptException.unsupported(WHAT, "RSA-OAEP of another hash than SHA-1 and SHA-256");
  }

  private static Pkcs7 content(List<Pkcs7.Entry> entries, Der content)
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
    return new Pkcs7(entries, aes128 ? Pkcs7.AES_128 : 2 * Pkcs7.AES_128, nonce, sealed(content));
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
