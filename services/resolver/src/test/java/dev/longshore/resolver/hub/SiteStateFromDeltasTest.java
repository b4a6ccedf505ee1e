package dev.longshore.resolver.hub;

import static dev.longshore.resolver.hub.RunningHub.group;
import static dev.longshore.resolver.hub.RunningHub.image;
import static dev.longshore.resolver.hub.RunningHub.rule;
import static dev.longshore.resolver.hub.RunningHub.served;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.ImageState;
import dev.longshore.events.RemovalReason;
import dev.longshore.events.ServedState;
import dev.longshore.model.Mode;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.resolver.hub.SiteClient.Section;
import dev.longshore.rules.TagSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A site that applies deltas, cut anywhere, has the state that a fresh one begins with. */
class SiteStateFromDeltasTest {
  private static final List<String> REPOSITORIES =
      List.of("r.test/a/ci", "r.test/a/ci-x", "r.test/a/web", "r.test/b/db", "r.test/c");
  private static final List<String> GROUPS = List.of("newest", "mixed", "all", "none");

  @TempDir Path folder;
  private long number;

  @Test
  void equalsWhatAFreshSiteBeginsWith() throws Exception {
    long seed = new Random().nextLong();
    try (RunningHub hub =
        new RunningHub(
            folder,
            group("newest", rule("r.test/**", TagSettings.ALL, 3)),
            group(
                "mixed",
                rule("r.test/a/**", new TagSettings(List.of("v*"), List.of(), null), 2),
                rule("r.test/a/*", TagSettings.ALL, 1, Mode.ESTARGZ),
                rule("r.test/b/**")),
            group("all", rule("r.test/**", TagSettings.ALL, null, Mode.PLAIN, Mode.ESTARGZ)),
            group("none"))) {
      hub.groups.put("north", "newest");
      for (int round = 0; round < 4; round++) {
        Random random = new Random(seed + round);
        SiteClient site = new SiteClient(hub, "north");
        for (int step = 0; step < 15; step++) {
          // A burst is sent in several sections.
          change(hub, random, round == 3 && step == 5 ? 600 : random.nextInt(6));
          if (random.nextInt(3) == 0) {
            hub.groups.put("north", GROUPS.get(random.nextInt(GROUPS.size())));
          }
          cutAnywhere(site, random);
          if (random.nextInt(4) == 0) {
            site.catchUp();
            SiteClient fresh = new SiteClient(hub, "north");
            fresh.poll();
            assertThat(site.names).as("seed %d, round %d", seed, round).isEqualTo(fresh.names);
          }
        }
      }
    }
  }

  private static void cutAnywhere(SiteClient site, Random random) throws Exception {
    List<Section> sections = site.sections(site.ask(0));
    sections.subList(0, random.nextInt(sections.size() + 1)).forEach(site::apply);
  }

  private void change(RunningHub hub, Random random, int names) {
    for (int i = 0; i < names; i++) {
      hub.edge.clock.advance(Duration.ofSeconds(random.nextInt(3)));
      String repository = REPOSITORIES.get(random.nextInt(REPOSITORIES.size()));
      String tag = (random.nextBoolean() ? "v" : "x") + random.nextInt(names > 100 ? 100 : 8);
      for (ServedState served : next(hub, repository, tag, random)) {
        hub.log.put(served);
      }
    }
    hub.source.follow();
  }

  private List<ServedState> next(RunningHub hub, String repository, String tag, Random random) {
    if (random.nextInt(4) == 0) {
      return List.of(nothing(hub, repository, tag, random.nextInt(3) == 0));
    }
    List<ImageState> images = new ArrayList<>();
    number++;
    images.add(image(repository, number, "plain"));
    if (random.nextBoolean()) {
      images.add(image(repository, number, "estargz"));
    }
    images.forEach(hub.log::put);
    return List.of(
        served(repository, tag, hub.edge.clock.instant(), images.toArray(ImageState[]::new)));
  }

  /** Removed, or without a copy for now. */
  private static ServedState nothing(
      RunningHub hub, String repository, String tag, boolean forNow) {
    return new ServedState(
        RepositoryName.canonical(repository),
        new Tag(tag),
        image(repository, 1, "plain").digest(),
        null,
        List.of(),
        null,
        forNow ? null : RemovalReason.EXCLUDED,
        hub.edge.clock.instant());
  }
}
