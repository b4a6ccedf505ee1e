package dev.longshore.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestLimitsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  /** Headers as the makers document them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "429 | Retry-After: 30 | 30",
        "429 | Retry-After: Thu, 01 Jan 2026 00:01:00 GMT | 60",
        "503 | Retry-After: 7 | 7",
        "200 | Retry-After: 7 | none",
        // GitLab, and a draft of the IETF
        "200 | RateLimit-Remaining: 0 + RateLimit-Reset: 1767225650 | 50",
        "200 | RateLimit-Remaining: 0 + RateLimit-Reset: 12 | 12",
        "200 | RateLimit-Remaining: 1 + RateLimit-Reset: 12 | none",
        // GitHub
        "200 | X-RateLimit-Remaining: 0 + X-RateLimit-Reset: 1767225601 | 1",
        "200 | X-RateLimit-Remaining: 0 + X-RateLimit-Reset: 1767225599 | none",
        // Docker Hub does not say when there are more
        "200 | RateLimit-Limit: 100;w=21600 + RateLimit-Remaining: 0;w=21600 | none",
        // later drafts
        "200 | RateLimit: limit=100, remaining=0, reset=5 | 5",
        "200 | RateLimit: \"default\";r=0;t=30 | 30",
        "200 | RateLimit: \"default\";r=50;t=30 | none",
        // garbage
        "200 | RateLimit-Remaining: none + RateLimit-Reset: soon | none",
        "200 | RateLimit-Remaining: -1 + RateLimit-Reset: 5 | none",
        "200 | RateLimit-Remaining: 0 + RateLimit-Reset: 99999999999999999999 | none",
        "200 | Content-Length: 0 | none",
      })
  void readsWhenThereAreMore(int status, String headers, Long seconds) {
    var head =
        new AnswerHead(
            status,
            Arrays.stream(headers.split(" \\+ "))
                .map(header -> header.split(": ", 2))
                .collect(
                    Collectors.toMap(
                        header -> header[0].toLowerCase(Locale.ROOT),
                        header -> List.of(header[1]))));

    assertThat(RequestLimits.pause(head, NOW))
        .isEqualTo(Optional.ofNullable(seconds).map(Duration::ofSeconds));
  }
}
