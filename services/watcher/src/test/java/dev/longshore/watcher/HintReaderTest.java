package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.ConversionRequest;
import dev.longshore.events.Hint;
import dev.longshore.events.Origin;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.Tag;
import dev.longshore.watcher.sender.Distribution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class HintReaderTest {
  private static final RegistryHost HOST = new RegistryHost("registry.example");

  /** As the first release wrote it: a request had three lists. */
  private static final Path OLD =
      Path.of("../../schemas/golden/compatibility/reference.v1.request-without-layers.json");

  @Test
  void aHintOfAnOlderReleaseAsksForNothingThatItDoesNotName() throws Exception {
    HintTarget look = read(Origin.PUSH);

    assertThat(look.tag()).isEqualTo(new Tag("v2"));
    assertThat(look.request())
        .isEqualTo(
            new ConversionRequest(
                List.of(ModeName.of(Mode.PLAIN), ModeName.of(Mode.ESTARGZ)),
                List.of("linux/amd64", "linux/arm64/v8"),
                List.of(),
                List.of(),
                List.of()));
  }

  @Test
  void whoSendsNotificationsAsksForNoModes() throws Exception {
    HintTarget look = read(Origin.WEBHOOK);

    assertThat(look.tag()).isEqualTo(new Tag("v2"));
    assertThat(look.request()).isNull();
  }

  @Test
  void aSiteThatMissesANameAsksForNoModes() throws Exception {
    HintTarget look = read(Origin.SITE);

    assertThat(look.tag()).isEqualTo(new Tag("v2"));
    assertThat(look.request()).isNull();
  }

  @Test
  void whatALaterReleaseHeardOfAsksForNoModes() throws Exception {
    HintTarget look = read(Origin.UNKNOWN);

    assertThat(look.tag()).isEqualTo(new Tag("v2"));
    assertThat(look.request()).isNull();
  }

  private static HintTarget read(Origin origin) throws MalformedHintException, IOException {
    String body = Base64.getEncoder().encodeToString(Files.readAllBytes(OLD));
    Hint hint =
        new Hint(
            origin,
            "dev",
            "team/app",
            Hint.REFERENCE,
            body,
            false,
            Instant.parse("2026-01-01T00:00:00Z"));
    return new HintReader(HOST, new Distribution("distribution")).read(hint).getFirst();
  }
}
