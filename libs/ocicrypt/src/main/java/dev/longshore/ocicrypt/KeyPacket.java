package dev.longshore.ocicrypt;

import java.util.List;

/**
 * One wrapped key of a layer, as far as readable without a private key.
 *
 * @param scheme {@code jwe}, {@code pkcs7}, {@code pgp}, or an unsupported one such as {@code
 *     pkcs11} or {@code provider.x}
 * @param recipients one line for each, with details by scheme. JWE shows only kinds of keys. Empty
 *     for an unsupported scheme
 */
public record KeyPacket(String scheme, List<String> recipients) {
  public KeyPacket {
    recipients = List.copyOf(recipients);
  }
}
