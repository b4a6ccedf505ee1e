package dev.longshore.resolver.hub;

import static dev.longshore.resolver.hub.RunningHub.APP;
import static dev.longshore.resolver.hub.RunningHub.CI;
import static dev.longshore.resolver.hub.RunningHub.OTHER;
import static dev.longshore.resolver.hub.RunningHub.SECRET;
import static dev.longshore.resolver.hub.RunningHub.group;
import static dev.longshore.resolver.hub.RunningHub.image;
import static dev.longshore.resolver.hub.RunningHub.rule;
import static dev.longshore.resolver.hub.RunningHub.served;
import static dev.longshore.resolver.hub.RunningHub.tag;
import static dev.longshore.resolver.hub.RunningHub.withoutDev;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.DecisionState.Undone;
import dev.longshore.events.ImageState;
import dev.longshore.events.Origin;
import dev.longshore.events.RemovalReason;
import dev.longshore.events.ServedState;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.hub.SiteClient.Section;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.States;
import dev.longshore.rules.TagSettings;
import dev.longshore.sites.NameChange;
import dev.longshore.sites.SitePaths;
import dev.longshore.testing.RandomImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What sites get of signatures and the like, which have no tag of their own. */
class UntaggedReferrersTest {

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
                rule(CI, TagSettings.ALL, 1),
                rule(SECRET, TagSettings.ALL, null, Mode.ENCRYPTED),
                withoutDev("registry.test/shop/*")));
    site = new SiteClient(hub, "north");
  }

  @AfterEach
  void stop() throws Exception {
    hub.close();
  }

  private ImageState push(String repository, String tag, long number) {
    ImageState image = image(repository, number, "plain");
    hub.put(
        image,
        tag(repository, tag, image, List.of()),
        served(repository, tag, hub.edge.clock.instant(), image));
    return image;
  }

  private static ImageState referring(String repository, long number, Digest subject) {
    return image(repository, number, "plain").boundTo(subject);
  }

  private static TagState digest(ImageState image) {
    return new TagState(
        image.name(),
        null,
        image.digest(),
        image.mediaType(),
        1,
        List.of(),
        false,
        Origin.WEBHOOK,
        States.AT,
        States.AT);
  }

  private ServedState gone(ImageState referrer, RemovalReason reason) {
    hub.edge.clock.advance(Duration.ofSeconds(1));
    return new ServedState(
        referrer.name(),
        null,
        referrer.digest(),
        referrer.subject(),
        List.of(),
        null,
        reason,
        hub.edge.clock.instant());
  }

  private DecisionState forget(ImageState... images) {
    return DecisionState.of(
        "forget",
        new Decision.Forget("it", Stream.of(images).map(ImageState::digest).toList()),
        "ann",
        "it had a password",
        hub.edge.clock.instant(),
        null);
  }

  private ImageState attach(ImageState referrer) {
    hub.put(referrer, digest(referrer), RunningHub.untagged(referrer, hub.edge.clock.instant()));
    return referrer;
  }

  private ImageState attach(String repository, long number, Digest subject) {
    return attach(referring(repository, number, subject));
  }

  private List<Digest> told(String key) {
    return told(site, key);
  }

  private static List<Digest> told(SiteClient site, String key) {
    NameChange change = site.names.get(key);
    return change == null
        ? List.of()
        : change.referrers().stream().map(each -> each.image().digest()).toList();
  }

  private int nodesOf(ImageState image) throws Exception {
    return hub.get("north", SitePaths.nodes(new SiteName("north"), image.imageDag())).statusCode();
  }

  @Test
  void aSnapshotBringsWhatRefersToWhatANameShowsAndToThat() throws Exception {
    ImageState image = push(APP, "1", 1);
    ImageState sbom = attach(APP, 2, image.digest());
    ImageState signature = attach(APP, 3, sbom.digest());
    ImageState ofChild = attach(APP, 4, image.children().getFirst());
    attach(APP, 5, Digest.of("of nothing".getBytes(StandardCharsets.UTF_8)));

    site.catchUp();

    assertThat(site.names).containsOnlyKeys(APP + ":1");
    assertThat(told(APP + ":1"))
        .containsExactlyInAnyOrder(sbom.digest(), signature.digest(), ofChild.digest());
    NameChange.Other first = site.names.get(APP + ":1").referrers().getFirst();
    assertThat(first.image().subject()).isEqualTo(image.digest());
    assertThat(first.image().children()).as("only its makers need that").isNull();
    assertThat(first.result().imageDag()).isEqualTo(sbom.imageDag());
  }

  @Test
  void oneThatComesLaterIsToldWithAllNamesThatShowItsSubject() throws Exception {
    ImageState image = push(APP, "1", 1);
    hub.put(
        tag(APP, "latest", image, List.of()),
        served(APP, "latest", hub.edge.clock.instant(), image));
    push(APP, "2", 9);
    site.catchUp();

    ImageState sbom = attach(APP, 2, image.digest());
    Section delta = site.poll().getFirst();
    assertThat(delta.changes())
        .extracting(change -> change.served().key())
        .containsExactlyInAnyOrder(APP + ":1", APP + ":latest");
    ImageState signature = attach(APP, 3, sbom.digest());
    ImageState ofChild = attach(APP, 4, image.children().getFirst());
    site.catchUp();

    assertThat(told(APP + ":1"))
        .containsExactlyInAnyOrder(sbom.digest(), signature.digest(), ofChild.digest());
    assertThat(told(APP + ":latest")).isEqualTo(told(APP + ":1"));
    assertThat(told(APP + ":2")).isEmpty();
  }

  @Test
  void oneThatCameBeforeItsSubjectComesWithIt() throws Exception {
    ImageState image = image(APP, 1, "plain");
    ImageState signature = attach(APP, 2, image.digest());
    site.catchUp();
    assertThat(site.names).isEmpty();

    push(APP, "1", 1);
    site.catchUp();

    assertThat(told(APP + ":1")).containsExactly(signature.digest());
  }

  @Test
  void aLineThatWasWrittenBeforeItCameIsToldToNobodyWhoKnowsOfNoOther() throws Exception {
    ImageState image = push(APP, "1", 1);
    SiteClient earlier = new SiteClient(hub, "site-0");
    earlier.catchUp();
    ImageState signature = attach(APP, 2, image.digest());

    site.catchUp();

    assertThat(told(APP + ":1")).containsExactly(signature.digest());
    earlier.catchUp();
    assertThat(told(earlier, APP + ":1")).containsExactly(signature.digest());
  }

  @Test
  void itGoesWithTheNameThatMovesAndWhenItIsRemovedItself() throws Exception {
    ImageState image = push(APP, "1", 1);
    ImageState signature = attach(APP, 2, image.digest());
    ImageState sbom = attach(APP, 3, image.digest());
    site.catchUp();

    hub.put(gone(sbom, RemovalReason.RELEASED));
    site.catchUp();
    assertThat(told(APP + ":1")).containsExactly(signature.digest());
    push(APP, "1", 5);
    site.catchUp();

    assertThat(told(APP + ":1")).isEmpty();
  }

  @Test
  void oneThatIsForgottenIsToldByItselfToWhoeverMayHaveIt() throws Exception {
    ImageState image = push(APP, "1", 1);
    ImageState sbom = attach(APP, 2, image.digest());
    attach(OTHER, 3, image.digest());
    site.catchUp();

    ImageState mail = referring(OTHER, 3, image.digest());
    ServedState forgotten = gone(sbom, RemovalReason.FORGOTTEN);
    hub.put(forget(sbom, mail), forgotten, gone(mail, RemovalReason.FORGOTTEN));

    Section delta = site.poll().getFirst();
    assertThat(delta.changes()).extracting(NameChange::served).contains(forgotten);
    assertThat(delta.changes())
        .extracting(change -> change.served().name().toString())
        .containsOnly(APP);
    SiteClient anew = new SiteClient(hub, "site-0");
    assertThat(anew.poll().getFirst().changes()).extracting(NameChange::served).contains(forgotten);
  }

  /** As it is when a clean image was pushed under the tag before the other is forgotten. */
  @Test
  void anImageThatItsTagLeftIsForgottenToo() throws Exception {
    ImageState image = push(APP, "1", 1);
    site.catchUp();
    push(APP, "1", 2);
    site.catchUp();

    DecisionState decision = forget(image);
    ServedState forgotten = gone(image, RemovalReason.FORGOTTEN);
    hub.put(decision, forgotten);

    assertThat(site.poll().getFirst().changes())
        .extracting(NameChange::served)
        .containsExactly(forgotten);
    SiteClient anew = new SiteClient(hub, "site-0");
    assertThat(anew.poll().getFirst().changes()).extracting(NameChange::served).contains(forgotten);

    hub.put(decision.undone(new Undone("ann", "it was another", hub.edge.clock.instant())));
    SiteClient later = new SiteClient(hub, "site-1");
    assertThat(later.poll().getFirst().changes())
        .extracting(NameChange::served)
        .isNotEmpty()
        .doesNotContain(forgotten);
  }

  /** Nothing orders records of two topics for who reads both. */
  @Test
  void aForgetIsToldThoughItsDecisionIsReadLater() throws Exception {
    ImageState image = push(APP, "1", 1);
    push(APP, "1", 2);
    site.catchUp();

    ServedState forgotten = gone(image, RemovalReason.FORGOTTEN);
    hub.put(forgotten);

    assertThat(site.poll().getFirst().changes())
        .extracting(NameChange::served)
        .containsExactly(forgotten);
  }

  @Test
  void whatNoRuleNamesTakesNothingWithIt() throws Exception {
    ImageState denied = push(APP, "dev-1", 1);
    ImageState ofDenied = attach(APP, 2, denied.digest());
    ImageState mail = push(OTHER, "1", 3);
    attach(OTHER, 4, mail.digest());
    site.catchUp();

    attach(APP, 5, denied.digest());

    assertThat(site.poll().getFirst().changes()).isEmpty();
    assertThat(site.names).isEmpty();
    assertThat(nodesOf(ofDenied)).isEqualTo(404);
  }

  @Test
  void besideAnEncryptedImageOnlyWhatIsEncryptedIsTold() throws Exception {
    ImageState image = image(SECRET, 1, "encrypted");
    ImageState plain = referring(SECRET, 2, image.digest());
    hub.put(image, tag(SECRET, "1", image, List.of()), served(SECRET, "1", States.AT, image));
    attach(plain);
    ImageState alone = image(APP, 3, "encrypted");
    ImageState beside = referring(APP, 4, alone.digest());
    hub.put(alone, tag(APP, "3", alone, List.of()), served(APP, "3", States.AT, alone));
    attach(beside);

    site.catchUp();

    assertThat(told(SECRET + ":1")).isEmpty();
    assertThat(told(APP + ":3")).isEmpty();
    assertThat(nodesOf(plain)).isEqualTo(404);
    assertThat(nodesOf(beside)).isEqualTo(404);
  }

  @Test
  void ofARuleForTheNewestTheOthersTakeNothingWithThem() throws Exception {
    ImageState old = push(CI, "1", 1);
    hub.edge.clock.advance(Duration.ofMinutes(1));
    ImageState now = push(CI, "2", 2);
    site.catchUp();

    ImageState ofOld = attach(CI, 3, old.digest());
    ImageState ofNow = attach(CI, 4, now.digest());
    site.catchUp();

    assertThat(site.names).containsOnlyKeys(CI + ":2");
    assertThat(told(CI + ":2")).containsExactly(ofNow.digest());
    assertThat(nodesOf(ofOld)).isEqualTo(404);
  }

  @Test
  void ofThousandsTheFirstOnesAreToldAndThatThereAreMore() throws Exception {
    ImageState image = push(APP, "1", 1);
    ImageState first = attach(APP, 1_000, image.digest());
    for (int i = 1; i < UntaggedReferrers.MOST; i++) {
      attach(APP, 1_000 + i, image.digest());
    }
    site.catchUp();
    assertThat(site.names.get(APP + ":1").referrersLeftOut()).isNull();

    attach(APP, 5_000, image.digest());
    Section delta = site.poll().getFirst();
    SiteClient anew = new SiteClient(hub, "site-0");
    anew.catchUp();

    assertThat(delta.changes()).as("one that does not come costs no line").isEmpty();
    assertThat(told(anew, APP + ":1")).hasSize(UntaggedReferrers.MOST).startsWith(first.digest());
    assertThat(anew.names.get(APP + ":1").referrersLeftOut()).isTrue();
  }

  @Test
  void itsBlocksExistWhileItFollowsANameAndADayAfter() throws Exception {
    ImageState image = push(APP, "1", 1);
    MirroredImage mirrored = MirroredImage.write(RandomImage.of(7), hub.edge.own);
    ImageState signature = attach(image(APP, mirrored).boundTo(image.digest()));
    MirroredImage second = MirroredImage.write(RandomImage.of(8), hub.edge.own);
    ImageState ofThat = attach(image(APP, second).boundTo(signature.digest()));
    assertThat(nodesOf(signature)).isEqualTo(200);
    assertThat(nodesOf(ofThat)).isEqualTo(200);

    hub.edge.clock.advance(Duration.ofMinutes(1));
    ImageState next = image(APP, 2, "plain");
    TagState.Version left =
        new TagState.Version(
            image.digest(), Origin.WEBHOOK, States.AT, States.AT, hub.edge.clock.instant());
    hub.put(
        next, tag(APP, "1", next, List.of(left)), served(APP, "1", hub.edge.clock.instant(), next));
    assertThat(nodesOf(ofThat)).as("a site ends what it began").isEqualTo(200);
    hub.edge.clock.advance(Duration.ofHours(25));

    assertThat(nodesOf(signature)).isEqualTo(404);
    assertThat(nodesOf(ofThat)).isEqualTo(404);
  }
}
