package dev.longshore.app.query;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.app.query.find.QueryException;
import dev.longshore.runtime.config.SharedSettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.service.telemetry.LogFormat;
import dev.longshore.runtime.service.telemetry.LogLevel;
import dev.longshore.runtime.service.telemetry.TelemetrySettings;
import dev.longshore.settings.value.Listen;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class PollTroublesTest {
  @TempDir Path home;

  private SharedSettings settings() {
    return new SharedSettings(
        home,
        "main",
        "default",
        new KafkaSettings(List.of("127.0.0.1:1"), "", 1, null),
        List.of(),
        List.of(),
        List.of(),
        new TelemetrySettings(null, LogFormat.PLAIN, LogLevel.INFO),
        ListenerSettings.open(new Listen("127.0.0.1", 0)));
  }

  /** {@code status} and {@code why} would wait for ever. */
  @Test
  void aDefectInTheLookIsTold() {
    Set<String> unusable = Collections.singleton(null);

    try (PollTroubles look = PollTroubles.begin(settings(), unusable)) {
      assertThatThrownBy(look::found)
          .isInstanceOf(QueryException.class)
          .hasMessageContaining("looking at the polls")
          .hasMessageContaining("NullPointerException");
    }
  }
}
