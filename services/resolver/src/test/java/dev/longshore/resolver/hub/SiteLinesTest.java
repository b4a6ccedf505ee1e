package dev.longshore.resolver.hub;

import static dev.longshore.resolver.hub.RunningHub.group;
import static dev.longshore.resolver.hub.RunningHub.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Placed;
import dev.longshore.catalog.RecordPlace;
import dev.longshore.events.ServedState;
import dev.longshore.resolver.hub.settings.SiteRuleSettings;
import dev.longshore.rules.TagSettings;
import dev.longshore.sites.NameChange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines for all sites of a group, written once. */
class SiteLinesTest {
  private static final String APP = "registry.test/shop/app";
  private static final String TOPIC = "topic-1";
  private static final SiteRuleSettings SHOP =
      rule("registry.test/shop/**", new TagSettings(List.of(), List.of("dev-*"), null), null);

  private final SiteRules rules = new SiteRules(List.of(SHOP));

  @TempDir Path folder;
  private RunningHub hub;

  @BeforeEach
  void start() throws Exception {
    hub =
        new RunningHub(
            folder, group("shops", SHOP), group("builders", rule("registry.test/shop/**")));
  }

  @AfterEach
  void stop() throws Exception {
    hub.close();
  }

  private SiteClient told(String site) throws Exception {
    SiteClient client = new SiteClient(hub, site);
    client.poll();
    return client;
  }

  @Test
  void theNextSiteOfAGroupIsToldTheSame() throws Exception {
    hub.show(APP, "1", 1);
    hub.show(APP, "dev-1", 2);
    hub.show(APP, "2", 3);

    SiteClient first = told("north");
    SiteClient next = told("site-0");

    assertThat(first.names).containsOnlyKeys(APP + ":1", APP + ":2");
    assertThat(next.names).isEqualTo(first.names);
  }

  @Test
  void aNameThatMovedMeanwhileIsToldAsItIs() throws Exception {
    ServedState removed = hub.show(APP, "1", 1);
    hub.show(APP, "2", 2);
    told("north");
    ServedState moved = hub.show(APP, "2", 3);
    ServedState added = hub.show(APP, "3", 4);
    hub.remove(removed);

    SiteClient next = told("site-0");

    assertThat(next.names.values())
        .extracting(NameChange::served)
        .containsExactlyInAnyOrder(moved, added);
  }

  @Test
  void anotherGroupIsToldByItsOwnRules() throws Exception {
    hub.show(APP, "dev-1", 1);
    assertThat(told("north").names).isEmpty();
    hub.groups.put("site-0", "builders");

    assertThat(told("site-0").names).containsOnlyKeys(APP + ":dev-1");
  }

  @Test
  void aLineIsNotKeptForLongerThanAMinute() throws Exception {
    SiteLines lines = lines(Long.MAX_VALUE);
    RecordPlace place = tell(lines, hub.show(APP, "1", 1));

    assertThat(known(lines, place)).isTrue();
    hub.edge.clock.advance(Duration.ofSeconds(61));
    assertThat(known(lines, place)).isFalse();
  }

  @Test
  void theEldestLinesGoWhereThereIsNoRoom() throws Exception {
    SiteLines lines = lines(4_000);
    RecordPlace first = tell(lines, hub.show(APP, "1", 1));
    RecordPlace last = first;
    for (int i = 2; i <= 10; i++) {
      last = tell(lines, hub.show(APP, Integer.toString(i), i));
    }

    assertThat(known(lines, first)).isFalse();
    assertThat(known(lines, last)).isTrue();
  }

  private SiteLines lines(long bytes) {
    return new SiteLines(images(), hub.edge.clock, bytes);
  }

  private SiteImages images() {
    return new SiteImages(
        hub.edge.catalog,
        new PlatformDags(
            hub.edge.catalog,
            new ImageBlocks(hub.edge.catalog, hub.edge.contents)::of,
            hub.edge.clock),
        hub.edge.clock);
  }

  private boolean known(SiteLines lines, RecordPlace place) {
    return lines.known(TOPIC, rules, List.of(place), "").isPresent();
  }

  private RecordPlace tell(SiteLines lines, ServedState served) throws Exception {
    Placed<ServedState> placed =
        hub.edge.catalog.served().ofRepository(served.name(), null, 100).stream()
            .filter(each -> each.state().key().equals(served.key()))
            .findFirst()
            .orElseThrow();
    lines.line(TOPIC, rules, placed, SHOP, "");
    return new RecordPlace(served.key(), placed.partition(), placed.offset());
  }
}
