package dev.longshore.resolver.hub;

import static dev.longshore.resolver.hub.RunningHub.APP;
import static dev.longshore.resolver.hub.RunningHub.CI;
import static dev.longshore.resolver.hub.RunningHub.OTHER;
import static dev.longshore.resolver.hub.RunningHub.SECRET;
import static dev.longshore.resolver.hub.RunningHub.group;
import static dev.longshore.resolver.hub.RunningHub.image;
import static dev.longshore.resolver.hub.RunningHub.rule;
import static dev.longshore.resolver.hub.RunningHub.served;
import static dev.longshore.resolver.hub.RunningHub.withoutDev;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.longshore.events.ImageState;
import dev.longshore.events.RemovalReason;
import dev.longshore.events.ServedState;
import dev.longshore.model.Mode;
import dev.longshore.resolver.hub.SiteClient.Section;
import dev.longshore.resolver.testing.States;
import dev.longshore.rules.TagSettings;
import dev.longshore.sites.Kind;
import dev.longshore.sites.NameChange;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hub tells its sites, through its listener. */
class SiteChangesTest {

  @TempDir Path folder;
  private RunningHub hub;
  private SiteClient site;

  @BeforeEach
  void start() throws Exception {
    hub =
        new RunningHub(
            folder,
            group(
                "shops",
                rule(CI, TagSettings.ALL, 2),
                rule("registry.test/shop/lazy", TagSettings.ALL, null, Mode.ESTARGZ),
                rule(SECRET, TagSettings.ALL, null, Mode.ENCRYPTED),
                withoutDev("registry.test/shop/**")),
            group("offices", rule("registry.test/office/**")));
    site = new SiteClient(hub, "north");
  }

  @AfterEach
  void stop() throws Exception {
    hub.close();
  }

  @Test
  void aSiteBeginsWithAllThatItsRulesNameAndNothingElse() throws Exception {
    ServedState one = hub.show(APP, "1", 1);
    hub.show(APP, "dev-1", 2);
    hub.show(OTHER, "1", 3);
    ServedState two = hub.show(APP, "2", 4);

    List<Section> sections = site.poll();

    assertThat(sections).hasSize(1);
    assertThat(sections.getFirst().end().kind()).isEqualTo(Kind.SNAPSHOT);
    assertThat(sections.getFirst().end().from()).isNull();
    assertThat(sections.getFirst().end().whole()).isTrue();
    assertThat(sections.getFirst().end().at()).isEqualTo(hub.edge.clock.instant());
    assertThat(site.names).containsOnlyKeys(one.key(), two.key());
    assertThat(site.names.get(one.key()).served()).isEqualTo(one);
  }

  @Test
  void anImageComesWithoutWhatOnlyItsMakersNeed() throws Exception {
    hub.show(APP, "1", 1);

    site.poll();

    NameChange change = site.names.values().iterator().next();
    ImageState sent = change.images().getFirst();
    ImageState kept = image(APP, 1, "plain");
    assertThat(kept.children()).isNotNull();
    assertThat(kept.former()).isNotNull();
    assertThat(sent.children()).isNull();
    assertThat(sent.former()).isNull();
    assertThat(sent.imageDag()).isEqualTo(kept.imageDag());
    assertThat(sent.key()).isEqualTo(kept.key());
  }

  @Test
  void onlyTheModesOfTheRuleAreShownAndOthersOfferedByTheirDigests() throws Exception {
    String lazy = "registry.test/shop/lazy";
    ImageState plain = image(lazy, 1, "plain");
    ImageState estargz = image(lazy, 1, "estargz");
    hub.put(plain, estargz, served(lazy, "1", States.AT, plain, estargz));
    ImageState alone = image(APP, 2, "plain");
    ImageState suffixed = image(APP, 2, "estargz");
    hub.put(alone, suffixed, served(APP, "1", States.AT, alone, suffixed));

    site.poll();

    NameChange ofLazy = site.names.get(lazy + ":1");
    assertThat(ofLazy.images())
        .extracting(ImageState::imageDag)
        .containsExactly(estargz.imageDag());
    assertThat(ofLazy.served().selected()).isNull();
    assertThat(ofLazy.others())
        .extracting(other -> other.image().imageDag())
        .containsExactly(plain.imageDag());
    NameChange ofApp = site.names.get(APP + ":1");
    assertThat(ofApp.images()).extracting(ImageState::imageDag).containsExactly(alone.imageDag());
    assertThat(ofApp.served().selected()).isEqualTo(alone.imageDag());
    assertThat(ofApp.served().results()).hasSize(1);
    assertThat(ofApp.others())
        .extracting(other -> other.result().imageDag(), other -> other.image().imageDag())
        .containsExactly(tuple(suffixed.imageDag(), suffixed.imageDag()));
  }

  /** Whether the name alone shows it, or a rule names its mode. */
  @ParameterizedTest
  @ValueSource(strings = {APP, SECRET})
  void besideAnEncryptedImageNoOtherIsTold(String repository) throws Exception {
    ImageState encrypted = image(repository, 3, "encrypted");
    ImageState plain = image(repository, 3, "plain");
    ImageState first = repository.equals(SECRET) ? plain : encrypted;
    ImageState second = repository.equals(SECRET) ? encrypted : plain;
    hub.put(encrypted, plain, served(repository, "3", States.AT, first, second));

    site.poll();

    NameChange change = site.names.get(repository + ":3");
    assertThat(change.images())
        .extracting(ImageState::imageDag)
        .containsExactly(encrypted.imageDag());
    assertThat(change.others()).isEmpty();
  }

  @Test
  void whatIsNotMadeInARulesModeIsNotTold() throws Exception {
    ImageState plain = image(SECRET, 4, "plain");
    hub.put(plain, served(SECRET, "4", States.AT, plain));

    site.poll();

    NameChange change = site.names.get(SECRET + ":4");
    assertThat(change == null || (change.images().isEmpty() && change.others().isEmpty())).isTrue();
  }

  @Test
  void laterAnswersSayWhatChanged() throws Exception {
    ServedState one = hub.show(APP, "1", 1);
    hub.show(APP, "2", 2);
    site.poll();
    ServedState moved = hub.show(APP, "1", 3);
    hub.show(OTHER, "1", 4);

    Section delta = site.poll().getFirst();

    assertThat(delta.end().kind()).isEqualTo(Kind.DELTA);
    assertThat(delta.end().whole()).isTrue();
    assertThat(delta.changes()).extracting(NameChange::served).containsExactly(moved);
    hub.remove(one);
    Section removal = site.poll().getFirst();
    assertThat(removal.changes())
        .extracting(c -> c.served().removed())
        .containsExactly(RemovalReason.DELETED);
    assertThat(site.names).containsOnlyKeys(APP + ":2");
  }

  @Test
  void anEmptyAnswerIsSignedAndSmall() throws Exception {
    hub.show(APP, "1", 1);
    site.poll();

    HttpResponse<byte[]> answer = site.ask(0, "Accept-Encoding", "gzip");

    Section section = site.sections(answer).getFirst();
    assertThat(section.end().whole()).isTrue();
    assertThat(section.lines()).hasSize(2);
    assertThat(answer.body()).hasSizeLessThan(900);
    site.apply(section);
    assertThat(site.names).hasSize(1);
  }

  @Test
  void ofARepositoryTheNewestTagsAloneExist() throws Exception {
    for (int i = 1; i <= 4; i++) {
      hub.edge.clock.advance(Duration.ofMinutes(1));
      hub.show(CI, "build-" + i, i);
    }
    site.poll();
    assertThat(site.names).containsOnlyKeys(CI + ":build-3", CI + ":build-4");

    hub.edge.clock.advance(Duration.ofMinutes(1));
    ServedState fifth = hub.show(CI, "build-5", 5);
    Section delta = site.poll().getFirst();
    assertThat(delta.dropped()).containsExactly(CI + ":build-3");
    assertThat(site.names).containsOnlyKeys(CI + ":build-4", CI + ":build-5");

    hub.remove(fifth);
    Section removal = site.poll().getFirst();
    assertThat(removal.changes())
        .filteredOn(c -> c.served().removed() != null)
        .extracting(c -> c.served().key())
        .containsExactly(CI + ":build-5");
    assertThat(site.names).containsOnlyKeys(CI + ":build-3", CI + ":build-4");
  }

  @Test
  void anImageThatWasReleasedSinceHoldsUpNoOther() throws Exception {
    hub.put(served(APP, "1", States.AT.minus(Duration.ofHours(1)), image(APP, 1, "plain")));
    ServedState two = hub.show(APP, "2", 2);

    site.poll();

    assertThat(site.names.get(APP + ":1").served().results()).isEmpty();
    assertThat(site.names.get(two.key()).images()).hasSize(1);
  }

  @Test
  void aSiteMayAskForItselfAlone() throws Exception {
    hub.groups.put("south", "offices");
    String north = SiteClient.path("north", null, 0);

    assertThat(hub.post("south", north, new byte[0]).statusCode()).isEqualTo(403);
    assertThat(hub.post("puller", north, new byte[0]).statusCode()).isEqualTo(403);
    assertThat(hub.post("nobody", north, new byte[0]).statusCode()).isEqualTo(401);
    hub.groups.put("north", "gone");
    assertThat(site.ask(0).statusCode()).isEqualTo(503);
    assertThat(hub.post("south", SiteClient.path("south", null, 0) + "x", new byte[0]).statusCode())
        .isEqualTo(400);
  }
}
