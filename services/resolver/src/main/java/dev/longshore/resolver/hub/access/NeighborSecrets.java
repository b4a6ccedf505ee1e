package dev.longshore.resolver.hub.access;

import dev.longshore.events.SiteCredentialsState;
import dev.longshore.resolver.hub.AnswerSigner;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.interfaces.EdECPrivateKey;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * Secrets by which nodes of a site authenticate each other: derived from the hub's signing keys, so
 * that hubs with the same keys agree without storing them and rotate both at once. A site that was
 * revoked and added again gets new ones.
 */
final class NeighborSecrets {
  private static final int BYTES = 32;
  private static final String PURPOSE = "longshore site nodes\0";

  private NeighborSecrets() {}

  /**
   * The secrets of a site, the current one first.
   *
   * @param signers the hub's private keys
   */
  static List<String> of(SiteCredentialsState site, List<AnswerSigner> signers) {
    return signers.stream().flatMap(signer -> of(site, signer).stream()).toList();
  }

  private static Optional<String> of(SiteCredentialsState site, AnswerSigner signer) {
    return signer.key() instanceof EdECPrivateKey key
        ? key.getBytes().map(seed -> secret(site, seed))
        : Optional.empty();
  }

  private static String secret(SiteCredentialsState site, byte[] seed) {
    try {
      byte[] secret =
          KDF.getInstance("HKDF-SHA256")
              .deriveData(
                  HKDFParameterSpec.ofExtract()
                      .addIKM(seed)
                      .thenExpand(
                          (PURPOSE + site.site() + "\0" + site.since())
                              .getBytes(StandardCharsets.UTF_8),
                          BYTES));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java lacks HKDF", e);
    }
  }
}
