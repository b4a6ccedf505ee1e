package dev.longshore.runtime.service.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.check.testing.Found;
import dev.longshore.testing.TestAuthority;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateCheckTest {
  private final TestAuthority authority = new TestAuthority("of the test");
  @TempDir Path folder;
  private Path certificate;
  private Path key;

  @BeforeEach
  void issue() throws Exception {
    certificate = folder.resolve("tls.crt");
    key = folder.resolve("tls.key");
    authority.issue("resolver", certificate, key);
  }

  private Found look(@Nullable String host, Duration later) throws Exception {
    ServerTlsSettings tls = new ServerTlsSettings(certificate, key, null);
    Clock clock = Clock.offset(Clock.systemUTC(), later);
    return Found.by(
        new CertificateCheck("resolver.tls", certificate, () -> ServerTls.of(tls), host, clock));
  }

  @Test
  void aCertificateThatEndsWithinAMonthIsAWarning() throws Exception {
    Found found = look("localhost", Duration.ZERO);

    assertThat(found.wrong()).isEmpty();
    assertThat(found.warnings()).contains("it ends at", "renew it");
    assertThat(found.fine()).contains("look for the name localhost");
  }

  @Test
  void aCertificateThatEndedIsWrong() throws Exception {
    assertThat(look(null, Duration.ofDays(3)).wrong()).contains("it ended at", "renew it");
  }

  @Test
  void aCertificateThatHasNotBegunPointsToTheClock() throws Exception {
    assertThat(look(null, Duration.ofDays(-3)).wrong()).contains("it begins at", "clock");
  }

  @Test
  void aCertificateForAnotherNameIsAWarning() throws Exception {
    assertThat(look("edge.example.com", Duration.ZERO).warnings())
        .contains("edge.example.com", "it has localhost, 127.0.0.1");
  }

  @Test
  void aKeyOfAnotherCertificateIsWrong() throws Exception {
    authority.issue("another", folder.resolve("another.crt"), key);

    assertThat(look(null, Duration.ZERO).wrong()).contains("the key is not the certificate's");
  }

  @Test
  void aMissingFileIsWrong() throws Exception {
    certificate = folder.resolve("absent.crt");

    assertThat(look(null, Duration.ZERO).wrong()).contains("there is no file", "absent.crt");
  }
}
