package dev.longshore.ocicrypt;

import java.util.List;

/**
 * One wrapped key of a layer, as far as it can be read without a private key.
 *
 * @param scheme {@code jwe}, {@code pkcs7}, {@code pgp}, or one that is not supported here, such as
 *     {@code pkcs11} or {@code provider.x}
 * @param recipients a line for each; what it says depends on the scheme. JWE names nobody, only
 *     kinds of keys. Empty for a scheme that is not supported
 */
public record KeyPacket(String scheme, List<String> recipients) {
  public KeyPacket {
    recipients = List.copyOf(recipients);
  }
}
