package dev.longshore.ocicrypt;

import dev.longshore.model.Excerpt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The recipients of encrypted layers: at least one, each once. */
public final class Recipients {
  /** In one packet; see {@link Limits#RECIPIENTS}. */
  public static final int MOST = 64;

  private final List<Recipient> all;

  private Recipients(List<Recipient> all) {
    this.all = List.copyOf(all);
  }

  /**
   * Reads recipients as {@code nerdctl image encrypt --recipient} takes them.
   *
   * @param texts {@code jwe:} and a public key (PEM, DER or JWK), {@code pkcs7:} and a certificate,
   *     {@code pgp:} and a file of public keys (with a slash, or ending in .asc, .gpg or .pgp), or
   *     a name, mail address or fingerprint in the key ring
   */
  public static Recipients parse(List<String> texts, KeyFiles files) throws IOException {
    List<Recipient> found = new ArrayList<>();
    for (String text : texts) {
      found.addAll(parse(text, files));
    }
    return of(found);
  }

  static Recipients of(List<? extends Recipient> recipients) throws OcicryptException {
    List<Recipient> distinct =
        List.copyOf(
            recipients.stream()
                .collect(
                    Collectors.toMap(
                        Recipient::canonicalKey,
                        r -> (Recipient) r,
                        (a, _) -> a,
                        java.util.LinkedHashMap::new))
                .values());
    if (distinct.isEmpty()) {
      throw OcicryptException.badKey("recipients", "there are none, so no one could decrypt");
    }
    if (distinct.size() > MOST) {
      throw OcicryptException.limit(
          "recipients", distinct.size() + " of them; at most " + MOST + " go into a layer");
    }
    return new Recipients(distinct);
  }

  private static List<? extends Recipient> parse(String text, KeyFiles files) throws IOException {
    int colon = text.indexOf(':');
    String scheme = colon < 0 ? "" : text.substring(0, colon);
    String value = text.substring(colon + 1);
    String what = what(text);
    return switch (scheme) {
      case "jwe" -> List.of(JweRecipient.parse(what, read(files, value, what)));
      case "pkcs7" -> List.of(Pkcs7Recipient.parse(what, read(files, value, what)));
      case "pgp" -> PgpRecipient.parse(what, value, files);
      case "pkcs11", "provider" ->
          throw OcicryptException.unsupported(
              what, "of ocicrypt's schemes there are jwe, pkcs7 and pgp here");
      default -> throw unknownScheme(what);
    };
  }

  static String what(String text) {
    return "recipient " + Excerpt.of(text);
  }

  static OcicryptException unknownScheme(String what) {
    return OcicryptException.badKey(
        what, "it does not begin with jwe:, pkcs7: or pgp:, as in jwe:pub.pem");
  }

  static byte[] read(KeyFiles files, String path, String what) throws IOException {
    byte[] bytes = files.read(path);
    if (bytes.length > Limits.KEY_FILE) {
      throw OcicryptException.limit(
          what, "the file is larger than " + (Limits.KEY_FILE >> 10) + " KiB");
    }
    return bytes;
  }

  public List<Recipient> all() {
    return all;
  }

  <R extends Recipient> List<R> of(Class<R> kind) {
    return all.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /**
   * The recipients' part of a recipe's key: {@link Recipient#canonicalKey} of each, sorted, joined
   * by commas.
   */
  public String canonicalKeys() {
    return all.stream().map(Recipient::canonicalKey).sorted().collect(Collectors.joining(","));
  }

  @Override
  public String toString() {
    return canonicalKeys();
  }
}
