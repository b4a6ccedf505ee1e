package dev.longshore.ocicrypt;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Primitive;

/**
 * BouncyCastle's ASN.1, held to DER (X.690): it would take every form of BER. It refuses by itself
 * what is more than 64 elements deep.
 */
final class Der {
  /** The first byte of every key and certificate. */
  static final int SEQUENCE = 0x30;

  private Der() {}

  /** What an element says; may throw what the library throws if it is of another kind. */
  interface Form<T> {
    T of(ASN1Primitive element) throws IOException;
  }

  /** What the one element says that the bytes are. */
  static <T> T read(byte[] bytes, Form<T> form) throws Malformed, OcicryptException {
    try {
      ASN1Primitive element = ASN1Primitive.fromByteArray(bytes);
      byte[] again = encoded(element);
      boolean same = Arrays.equals(again, bytes);
      Secrets.wipe(again);
      if (!same) {
        throw new Malformed("its lengths are not in their shortest form");
      }
      return form.of(element);
    } catch (OcicryptException e) {
      throw e;
    } catch (IOException e) {
      // What the library says of it, here and below, may repeat a key.
      throw new Malformed("its tags and lengths do not fit together");
    } catch (RuntimeException e) {
      // The library has them of every kind for elements that it does not expect.
      throw new Malformed("an element is of another kind than its place asks for");
    }
  }

  /** The bytes of an element: of one that was read those that stood there. */
  static byte[] encoded(ASN1Encodable element) {
    try {
      return element.toASN1Primitive().getEncoded(ASN1Encoding.DL);
    } catch (IOException e) {
      throw new UncheckedIOException("an array takes no more bytes", e);
    }
  }
}
