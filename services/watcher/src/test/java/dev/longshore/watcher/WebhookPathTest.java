package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookPathTest {
  /** Names of registries may have slashes, and one may begin like another. */
  private static final Set<String> NAMES = Set.of("core", "core/eu", "site/north/dock");

  @ParameterizedTest
  @CsvSource({
    "core, core, true,, /hooks/core",
    "core/S3CRET, core, true, S3CRET, /hooks/core/***",
    "core/S3/CRET, core, true, S3/CRET, /hooks/core/***",
    "core/eu, core/eu, true,, /hooks/core/eu",
    "core/eu/S3CRET, core/eu, true, S3CRET, /hooks/core/eu/***",
    "core/eu/S3/CRET, core/eu, true, S3/CRET, /hooks/core/eu/***",
    "site/north/dock/S3CRET, site/north/dock, true, S3CRET, /hooks/site/north/dock/***",
    "site/north/S3CRET, site, false, north/S3CRET, /hooks/***",
    "S3CRET, S3CRET, false,, /hooks/***"
  })
  void theLongestNameIsTheRegistrysAndWhatFollowsIsNeverShown(
      String rest, String source, boolean known, String secret, String shown) {
    WebhookPath path = WebhookPath.of(WebhookPath.PREFIX + rest, NAMES);

    assertThat(path).isEqualTo(new WebhookPath(source, known, secret));
    assertThat(path.shown()).isEqualTo(shown);
  }
}
