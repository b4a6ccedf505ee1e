package dev.longshore.runtime.testing;

import dev.longshore.events.Converted;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.model.PeerName;
import dev.longshore.model.Recipe;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import dev.longshore.model.Tag;
import java.time.Instant;
import java.util.List;

/** Records for tests of hosts, where only key and number matter. */
public final class Samples {
  private static final Instant SOME_TIME = Instant.parse("2026-01-02T03:04:05Z");
  private static final Tag LATEST = new Tag("latest");
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

  private Samples() {}

  /** An event with key {@code registry.test/name:latest} that carries a number. */
  public static Observed observed(String name, int number) {
    return new Observed(
        RepositoryName.stored("registry.test", name),
        LATEST,
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
    return TagState.key(RepositoryName.stored("registry.test", name), LATEST);
  }

  /** A state with this key that carries a number. */
  public static PinState state(String key, int number) {
    return new PinState(
        ImageDag.stored(key), number, List.of(), new PeerName("ingest"), false, SOME_TIME);
  }

  /** What the number's conversion would announce. */
  public static Converted converted(Observed observed) {
    return new Converted(
        ImageDag.stored("dag" + observed.size()),
        RootCid.stored("root"),
        observed.digest(),
        new Recipe("recipe"),
        ModeName.of(Mode.PLAIN),
        observed.name(),
        observed.tag(),
        new PeerName("ingest"),
        1,
        1,
        SOME_TIME);
  }

  private static Digest digest(int number) {
    return Digest.sha256("%064x".formatted(number));
  }
}
