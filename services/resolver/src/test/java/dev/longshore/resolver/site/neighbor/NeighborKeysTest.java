package dev.longshore.resolver.site.neighbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.Digest;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keys that all nodes of a site make of the same secret. */
class NeighborKeysTest {
  private static final String ONE = "A".repeat(43);
  private static final String OTHER = "B".repeat(42) + "A";

  /** Nodes of two releases are of one site: these bytes must not change. */
  @Test
  void aSecretMakesTheSameCertificateEverywhereAndForEver() throws Exception {
    NeighborKeys keys = NeighborKeys.of(List.of(ONE));

    assertThat(NeighborKeys.of(List.of(ONE))).isEqualTo(keys);
    assertThat(Digest.of(keys.certificate().getBytes(StandardCharsets.US_ASCII)).hex())
        .isEqualTo("1b567ea80c238b751bdaf2495d285fba22df968630c7f85ca3a1394fa0ae6505");
    assertThat(NeighborKeys.of(List.of(OTHER)).certificate()).isNotEqualTo(keys.certificate());
  }

  @Test
  void theCertificateIsSignedWithItsKeyAndHoldsWhateverAClockSays() throws Exception {
    X509Certificate certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(
                    new ByteArrayInputStream(
                        NeighborKeys.of(List.of(ONE))
                            .certificate()
                            .getBytes(StandardCharsets.US_ASCII)));

    certificate.verify(certificate.getPublicKey());
    assertThat(certificate.getNotBefore()).hasTime(0);
    assertThat(certificate.getNotAfter()).isAfter("9999-01-01");
  }

  @Test
  void theFirstIsShownAndAllAreBelieved() throws Exception {
    NeighborKeys keys = NeighborKeys.of(List.of(ONE, OTHER));

    assertThat(keys.certificate()).isEqualTo(NeighborKeys.of(List.of(ONE)).certificate());
    assertThat(keys.believed())
        .contains(keys.certificate())
        .contains(NeighborKeys.of(List.of(OTHER)).certificate());
    assertThat(keys).hasToString("keys of a site's nodes");
  }

  @Test
  void whatIsNoSecretMakesNoKeys() {
    assertThatThrownBy(() -> NeighborKeys.of(List.of("!")))
        .hasMessageStartingWith("the site's secrets make no keys");
  }
}
