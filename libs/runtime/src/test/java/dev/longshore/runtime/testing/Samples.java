package dev.longshore.runtime.testing;

import dev.longshore.events.Converted;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import java.time.Instant;
import java.util.List;

/** Records for tests of hosts, where only key and number matter. */
public final class Samples {
  private static final Instant SOME_TIME = Instant.parse("2026-01-02T03:04:05Z");
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

  private Samples() {}

  /** An event with key {@code registry.test/name:latest} that carries a number. */
  public static Observed observed(String name, int number) {
    return new Observed(
        "registry.test",
        name,
        "latest",
        digest(number),
        MANIFEST,
        number,
        Origin.WEBHOOK,
        SOME_TIME,
        SOME_TIME,
        null);
  }

  /** The key of {@link #observed}. */
  public static String key(String name) {
    return TagState.key("registry.test", name, "latest", "");
  }

  /** A state with this key that carries a number. */
  public static PinState state(String key, int number) {
    return new PinState(key, number, List.of(), "ingest", false, SOME_TIME);
  }

  /** What the number's conversion would announce. */
  public static Converted converted(Observed observed) {
    return new Converted(
        "dag" + observed.size(),
        "root",
        observed.digest(),
        "recipe",
        "plain",
        observed.registry(),
        observed.repository(),
        observed.tag(),
        "ingest",
        1,
        1,
        SOME_TIME);
  }

  private static String digest(int number) {
    return "sha256:" + "%064x".formatted(number);
  }
}
