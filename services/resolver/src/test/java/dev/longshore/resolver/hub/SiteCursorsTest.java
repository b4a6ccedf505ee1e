package dev.longshore.resolver.hub;

import static dev.longshore.resolver.hub.RunningHub.APP;
import static dev.longshore.resolver.hub.RunningHub.CI;
import static dev.longshore.resolver.hub.RunningHub.group;
import static dev.longshore.resolver.hub.RunningHub.image;
import static dev.longshore.resolver.hub.RunningHub.rule;
import static dev.longshore.resolver.hub.RunningHub.served;
import static dev.longshore.resolver.hub.RunningHub.withoutDev;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.ImageState;
import dev.longshore.events.ServedState;
import dev.longshore.events.Topic;
import dev.longshore.resolver.hub.SiteClient.Section;
import dev.longshore.resolver.testing.States;
import dev.longshore.rules.TagSettings;
import dev.longshore.sites.Kind;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How far a site is, and how a hub goes on from there. */
class SiteCursorsTest {
  @TempDir Path folder;
  private RunningHub hub;
  private SiteClient site;

  @BeforeEach
  void start() throws Exception {
    hub =
        new RunningHub(
            folder,
            group("shops", withoutDev("registry.test/shop/**")),
            group("other-shops", rule("registry.test/shop/**")),
            group("hoarders", rule(CI, TagSettings.ALL, 600)));
    site = new SiteClient(hub, "north");
  }

  @AfterEach
  void stop() throws Exception {
    hub.close();
  }

  @Test
  void aCutAnswerCountsUpToItsLastSignature() throws Exception {
    for (int i = 0; i < 600; i++) {
      ImageState image = image(APP, i, "plain");
      hub.log.put(image);
      hub.log.put(served(APP, "v" + i, States.AT, image));
    }
    hub.source.follow();
    SiteClient whole = new SiteClient(hub, "north");
    List<Section> sections = whole.poll();
    assertThat(sections.size()).isGreaterThanOrEqualTo(2);
    assertThat(sections).filteredOn(s -> s.end().whole()).hasSize(1);

    // The first signature alone comes, and meanwhile something changes on both sides of it.
    site.apply(site.sections(site.ask(0)).getFirst());
    String first = site.names.firstKey();
    hub.remove(whole.names.get(first).served());
    hub.show(APP, "v1", 5_000);
    hub.show(APP, "zz", 5_001);
    Section next = site.poll().getFirst();
    assertThat(next.end().kind()).isEqualTo(Kind.SNAPSHOT);
    assertThat(next.changes()).noneMatch(c -> c.served().key().equals(first));
    site.catchUp();

    SiteClient fresh = new SiteClient(hub, "north");
    fresh.poll();
    assertThat(site.names).isEqualTo(fresh.names);
    // Deltas are signed as often.
    String cursor = whole.cursor;
    for (int i = 0; i < 550; i++) {
      ImageState image = image(APP, 10_000 + i, "plain");
      hub.log.put(image);
      hub.log.put(served(APP, "v" + i, States.AT, image));
    }
    hub.source.follow();
    whole.cursor = cursor;
    Section part = whole.sections(whole.ask(0)).getFirst();
    assertThat(part.end().whole()).isFalse();
    whole.apply(part);
    whole.catchUp();
    fresh.poll();
    assertThat(whole.names).isEqualTo(fresh.names);
  }

  @Test
  void whatIsToldInSeveralPartsIsToldAgainUntilAllOfItCame() throws Exception {
    hub.groups.put("north", "hoarders");
    hub.show(CI, "first", 1);
    site.poll();
    String before = site.cursor;
    for (int i = 0; i < 1_100; i++) {
      ImageState image = image(CI, 2 + i, "plain");
      hub.log.put(image);
      hub.log.put(served(CI, "build-" + i, States.AT.plusSeconds(1 + i), image));
    }
    hub.source.follow();

    List<Section> sections = site.sections(site.ask(0));
    assertThat(sections).hasSizeGreaterThanOrEqualTo(3);
    sections.subList(0, 2).forEach(site::apply);
    assertThat(site.cursor).isEqualTo(before);
    site.catchUp();

    SiteClient fresh = new SiteClient(hub, "north");
    fresh.poll();
    assertThat(fresh.names).hasSize(600);
    assertThat(site.names).isEqualTo(fresh.names);
  }

  @Test
  void anAnswerIsCodedAsTheCallerAccepts() throws Exception {
    hub.show(APP, "1", 1);
    for (Map.Entry<String, String> accepted :
        Map.of("gzip", "gzip", "zstd, gzip", "zstd", "br", "", "zstd;q=0, gzip", "gzip")
            .entrySet()) {
      HttpResponse<byte[]> answer = site.ask(0, "Accept-Encoding", accepted.getKey());

      assertThat(answer.headers().firstValue("Content-Encoding").orElse(""))
          .isEqualTo(accepted.getValue());
      assertThat(site.sections(answer).getFirst().changes()).hasSize(1);
    }
  }

  @Test
  void aCursorThatLeadsNowhereBeginsAnew() throws Exception {
    hub.show(APP, "1", 1);
    site.poll();
    String good = site.cursor;
    long seed = new Random().nextLong();
    Random random = new Random(seed);

    for (int i = 0; i < 50; i++) {
      StringBuilder damaged = new StringBuilder(good);
      int at = random.nextInt(damaged.length() - 1);
      damaged.setCharAt(at, damaged.charAt(at) == 'A' ? 'B' : 'A');
      site.cursor = damaged.toString();
      assertThat(begins()).as("seed %d, %s", seed, damaged).isTrue();
    }
    for (String hostile :
        List.of(
            "", "A", "....", "../../etc/passwd", "%00", "\n", good + "AAAA", "A".repeat(9_000))) {
      site.cursor = hostile;
      assertThat(begins()).as(hostile).isTrue();
    }
    Cursor cursor = Cursor.parse(good).orElseThrow();
    site.cursor = new Cursor("topic-2", cursor.offsets(), cursor.rules(), cursor.at(), null).text();
    assertThat(begins()).as("another topic").isTrue();
    site.cursor = new Cursor("topic-1", cursor.offsets(), "0".repeat(16), cursor.at(), null).text();
    assertThat(begins()).as("other rules").isTrue();
    site.cursor = good;
    assertThat(begins()).isFalse();
    for (int i = 0; i < 2; i++) {
      hub.edge.clock.advance(Duration.ofDays(15));
      hub.source.follow();
    }
    assertThat(begins()).as("30 days old").isTrue();
  }

  private boolean begins() throws Exception {
    return site.sections(site.ask(0)).getFirst().end().from() == null;
  }

  @Test
  void otherRulesBeginAnew() throws Exception {
    hub.show(APP, "dev-1", 1);
    site.poll();
    assertThat(site.names).isEmpty();
    hub.groups.put("north", "other-shops");

    assertThat(site.poll().getFirst().end().kind()).isEqualTo(Kind.SNAPSHOT);
    assertThat(site.names).hasSize(1);
  }

  @Test
  void aHubThatIsBehindTheCursorSaysSoUntilItHasCaughtUp() throws Exception {
    hub.show(APP, "1", 1);
    site.poll();
    Cursor told = Cursor.parse(site.cursor).orElseThrow();
    ServedState next = served(APP, "1", States.AT, image(APP, 2, "plain"));
    int partition = Math.floorMod(next.key().hashCode(), Topic.PARTITIONS);
    // Another hub has read more.
    site.cursor = told.with(partition, told.offsets().get(partition) + 1).text();

    HttpResponse<byte[]> behind = site.ask(0);

    assertThat(behind.statusCode()).isEqualTo(503);
    assertThat(behind.headers().firstValue("Retry-After")).isPresent();
    hub.put(image(APP, 2, "plain"), next);
    assertThat(site.poll().getFirst().end().kind()).isEqualTo(Kind.DELTA);
  }

  @Test
  void recordsThatKafkaLostDoNotStopASiteForEver() throws Exception {
    hub.show(APP, "1", 1);
    site.poll();
    site.cursor = Cursor.parse(site.cursor).orElseThrow().with(3, 1_000_000).text();
    hub.edge.clock.advance(Duration.ofMinutes(2));
    hub.source.follow();

    assertThat(begins()).isTrue();
  }

  @Test
  void aHubWhoseStoreIsNotWholeSaysSo() throws Exception {
    hub.show(APP, "1", 1);
    hub.edge.catalog.writer().startAgain(false);

    assertThat(site.ask(0).statusCode()).as("while the topic's id is not known").isEqualTo(503);
    hub.edge.catalog.writer().topicIds(Map.of(Topic.SERVED, "topic-1"));
    assertThat(site.ask(0).statusCode()).as("while it is read again").isEqualTo(503);
    hub.source.follow();
    assertThat(site.poll()).hasSize(1);
  }

  @Test
  void anImageWhoseRecordIsStillToBeReadIsNotLeftOut() throws Exception {
    hub.show(APP, "1", 1);
    site.poll();
    ImageState image = image(APP, 2, "plain");
    ServedState served = served(APP, "1", hub.edge.clock.instant(), image);
    hub.put(served);

    assertThat(site.ask(0).statusCode()).isEqualTo(503);
    hub.put(image);
    site.poll();
    assertThat(site.names.get(served.key()).images()).hasSize(1);
  }

  @Test
  void whatThisProcessStoredAheadIsToldOnceItsSourceHasPassedIt() throws Exception {
    hub.show(APP, "1", 1);
    site.poll();
    ImageState image = image(APP, 2, "plain");
    List<CatalogRecord> ahead =
        List.of(hub.log.put(image), hub.log.put(served(APP, "1", States.AT, image)));
    hub.edge.catalog.writer().apply(ahead);

    Section before = site.poll().getFirst();
    hub.source.follow();
    Section after = site.poll().getFirst();

    assertThat(before.changes()).isEmpty();
    assertThat(after.changes()).hasSize(1);
  }
}
