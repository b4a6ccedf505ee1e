package dev.longshore.ocicrypt;

import dev.longshore.model.Excerpt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DLSequence;
import org.bouncycastle.asn1.DLSet;
import org.bouncycastle.asn1.DLTaggedObject;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.X509ObjectIdentifiers;

/** The DER of {@link Pkcs7}. */
final class Pkcs7Form {
  private static final String WHAT = Scheme.PKCS7.annotation();

  /** SEQUENCE without the bit that says that it is made of parts: a slip of the reference. */
  private static final byte UNMARKED_SEQUENCE = 0x10;

  private static final List<ASN1ObjectIdentifier> AES_GCM =
      List.of(NISTObjectIdentifiers.id_aes128_GCM, NISTObjectIdentifiers.id_aes256_GCM);

  private static final int NONCE = 4;
  private static final int CONTENT = 0;

  /** Bytes of a serial number; RFC 5280 allows 20. */
  private static final int SERIAL = 64;

  private Pkcs7Form() {}

  static byte[] write(Pkcs7 pkcs7) {
    ASN1Encodable[] recipients =
        pkcs7.entries().stream()
            .map(Pkcs7Form::recipient)
            .sorted(Comparator.comparing(Der::encoded, Arrays::compareUnsigned))
            .toArray(ASN1Encodable[]::new);
    ASN1Encodable parameters =
        sequence(
            sequence(
                new DLTaggedObject(false, NONCE, new DEROctetString(pkcs7.nonce())),
                new ASN1Integer(ContentCipher.GCM_TAG_BYTES)));
    ASN1Encodable sealed = new DLTaggedObject(false, CONTENT, new DEROctetString(pkcs7.sealed()));
    ASN1Encodable content =
        sequence(
            PKCSObjectIdentifiers.data,
            sequence(NISTObjectIdentifiers.id_aes128_GCM, parameters),
            sealed);
    ASN1Encodable enveloped = sequence(new ASN1Integer(0), new DLSet(recipients), content);
    byte[] der =
        Der.encoded(
            sequence(
                PKCSObjectIdentifiers.envelopedData, new DLTaggedObject(true, CONTENT, enveloped)));
    der[der.length - Der.encoded(sealed).length - Der.encoded(parameters).length] =
        UNMARKED_SEQUENCE;
    return der;
  }

  private static ASN1Encodable recipient(Pkcs7.Entry entry) {
    return sequence(
        new ASN1Integer(0),
        sequence(entry.issuer(), entry.serial()),
        sequence(PKCSObjectIdentifiers.rsaEncryption),
        new DEROctetString(entry.encryptedKey()));
  }

  private static ASN1Encodable sequence(ASN1Encodable... elements) {
    return new DLSequence(elements);
  }

  static Pkcs7 read(byte[] packet) throws OcicryptException {
    try {
      return Der.read(marked(packet), element -> read(ASN1Sequence.getInstance(element)));
    } catch (Malformed e) {
      throw OcicryptException.badAnnotation(WHAT, "it is no PKCS#7 in DER: " + e.getMessage());
    }
  }

  /** The packet as BouncyCastle reads it: with the bit that the reference forgets. */
  private static byte[] marked(byte[] packet) {
    byte[] marked = packet.clone();
    for (ASN1ObjectIdentifier gcm : AES_GCM) {
      byte[] oid = Der.encoded(gcm);
      // From behind, as the recipients in front may hold anything.
      for (int end = packet.length - 1; end >= oid.length; end--) {
        if (packet[end] == UNMARKED_SEQUENCE
            && Arrays.equals(packet, end - oid.length, end, oid, 0, oid.length)) {
          marked[end] = Der.SEQUENCE;
          break;
        }
      }
    }
    return marked;
  }

  private static Pkcs7 read(ASN1Sequence info) throws OcicryptException {
    if (!ASN1ObjectIdentifier.getInstance(info.getObjectAt(0))
        .equals(PKCSObjectIdentifiers.envelopedData)) {
      throw OcicryptException.unsupported(WHAT, "PKCS#7 of another type than enveloped data");
    }
    ASN1TaggedObject data = ASN1TaggedObject.getContextInstance(info.getObjectAt(1), CONTENT);
    ASN1Sequence enveloped = ASN1Sequence.getInstance(data, true);
    requireVersion(enveloped);
    List<Pkcs7.Entry> entries = new ArrayList<>();
    List<String> others = new ArrayList<>();
    recipients(ASN1Set.getInstance(enveloped.getObjectAt(1)), entries, others);
    return content(entries, others, ASN1Sequence.getInstance(enveloped.getObjectAt(2)));
  }

  private static void requireVersion(ASN1Sequence parts) {
    Objects.requireNonNull(ASN1Integer.getInstance(parts.getObjectAt(0)));
  }

  /** What is not supported may stand beside what is: it is kept as a text alone. */
  private static void recipients(ASN1Set set, List<Pkcs7.Entry> entries, List<String> others)
      throws OcicryptException {
    if (set.size() == 0) {
      throw OcicryptException.badAnnotation(WHAT, "it has no recipient");
    }
    if (set.size() > Limits.RECIPIENTS) {
      throw OcicryptException.limit(WHAT, "more than " + Limits.RECIPIENTS + " recipients");
    }
    for (ASN1Encodable element : set) {
      if (!(element instanceof ASN1Sequence recipient)) {
        others.add("a recipient without certificate, not supported");
        continue;
      }
      requireVersion(recipient);
      ASN1Sequence certificate = ASN1Sequence.getInstance(recipient.getObjectAt(1));
      ASN1Sequence issuer = ASN1Sequence.getInstance(certificate.getObjectAt(0));
      ASN1Integer serial = ASN1Integer.getInstance(certificate.getObjectAt(1));
      if (serial.getValue().bitLength() > SERIAL * Byte.SIZE) {
        throw OcicryptException.limit(WHAT, "a serial number of more than " + SERIAL + " bytes");
      }
      Optional<Pkcs7.Transport> transport =
          transport(AlgorithmIdentifier.getInstance(recipient.getObjectAt(2)));
      byte[] key = ASN1OctetString.getInstance(recipient.getObjectAt(3)).getOctets();
      if (transport.isPresent()) {
        entries.add(new Pkcs7.Entry(issuer, serial, transport.get(), key));
      } else {
        others.add(
            "serial %s, issuer %s, whose key is encrypted in a way that is not supported"
                .formatted(serial(serial), name(issuer)));
      }
    }
  }

  /** Empty if it is none of RSA, or of another hash than SHA-1 and SHA-256. */
  private static Optional<Pkcs7.Transport> transport(AlgorithmIdentifier algorithm) {
    if (algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.rsaEncryption)) {
      return Optional.of(Pkcs7.Transport.RSA_V15);
    }
    if (!algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.id_RSAES_OAEP)) {
      return Optional.empty();
    }
    ASN1ObjectIdentifier hash = X509ObjectIdentifiers.id_SHA1;
    if (algorithm.getParameters() instanceof ASN1Sequence parameters && parameters.size() > 0) {
      ASN1Encodable first = parameters.getObjectAt(0);
      if (first instanceof ASN1TaggedObject tagged && tagged.hasContextTag(0)) {
        first = tagged.getExplicitBaseObject();
      }
      if (first instanceof ASN1Sequence) {
        hash = AlgorithmIdentifier.getInstance(first).getAlgorithm();
      }
    }
    if (hash.equals(X509ObjectIdentifiers.id_SHA1)) {
      return Optional.of(Pkcs7.Transport.RSA_OAEP_SHA1);
    }
    return hash.equals(NISTObjectIdentifiers.id_sha256)
        ? Optional.of(Pkcs7.Transport.RSA_OAEP_SHA256)
        : Optional.empty();
  }

  private static Pkcs7 content(List<Pkcs7.Entry> entries, List<String> others, ASN1Sequence content)
      throws OcicryptException {
    Objects.requireNonNull(ASN1ObjectIdentifier.getInstance(content.getObjectAt(0)));
    AlgorithmIdentifier algorithm = AlgorithmIdentifier.getInstance(content.getObjectAt(1));
    boolean aes128 = algorithm.getAlgorithm().equals(NISTObjectIdentifiers.id_aes128_GCM);
    if (!aes128 && !algorithm.getAlgorithm().equals(NISTObjectIdentifiers.id_aes256_GCM)) {
      throw OcicryptException.unsupported(
          WHAT, "its content is not encrypted by AES-GCM, so nothing would notice a change");
    }
    byte[] nonce = nonce(ASN1Sequence.getInstance(algorithm.getParameters()));
    int keyBytes = aes128 ? Pkcs7.AES_128 : 2 * Pkcs7.AES_128;
    // Also in parts, each an OCTET STRING.
    ASN1TaggedObject sealed = ASN1TaggedObject.getContextInstance(content.getObjectAt(2), CONTENT);
    byte[] octets = ASN1OctetString.getInstance(sealed, false).getOctets();
    return new Pkcs7(entries, others, keyBytes, nonce, octets);
  }

  /** As the reference writes it, and as RFC 5084 would. */
  private static byte[] nonce(ASN1Sequence wrapped) throws OcicryptException {
    ASN1Sequence parameters =
        wrapped.getObjectAt(0) instanceof ASN1Sequence inside ? inside : wrapped;
    byte[] nonce =
        (parameters.getObjectAt(0) instanceof ASN1TaggedObject tagged && tagged.hasContextTag(NONCE)
                ? ASN1OctetString.getInstance(tagged, false)
                : ASN1OctetString.getInstance(parameters.getObjectAt(0)))
            .getOctets();
    int tag = ASN1Integer.getInstance(parameters.getObjectAt(1)).intValueExact();
    if (nonce.length != ContentCipher.GCM_IV_BYTES || tag != ContentCipher.GCM_TAG_BYTES) {
      throw OcicryptException.unsupported(
          WHAT, "AES-GCM with another nonce than 12 bytes or another tag than 16");
    }
    return nonce;
  }

  /** For people. */
  static String name(ASN1Sequence issuer) {
    try {
      return Excerpt.of(new X500Principal(Der.encoded(issuer)).getName());
    } catch (IllegalArgumentException e) {
      return "of a form that is not known";
    }
  }

  static String serial(ASN1Integer serial) {
    return HexFormat.of().formatHex(serial.getValue().toByteArray());
  }
}
