package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.events.RemovalReason;
import dev.longshore.events.SiteState;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.testing.Referrers;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.Keep;
import dev.longshore.sites.NameChange;
import dev.longshore.sites.Report;
import dev.longshore.testing.RandomImage;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signatures and the like, which have no tag of their own, as a site serves them. */
class ReferrersAtSiteTest {
  private static final RepositoryName APP = RepositoryName.canonical(SiteBed.REPOSITORY);

  @TempDir private Path home;
  private HubTwin hub;
  private SiteBed site;
  private RunningResolver resolver;
  private MirroredImage image;
  private MirroredImage signature;
  private MirroredImage ofSignature;

  @BeforeEach
  void start() throws Exception {
    hub = new HubTwin();
    site = SiteBed.joined(home, hub);
    image = hub.image(1);
    RandomImage signed = Referrers.signatureOf(image.image(), "signed");
    signature = MirroredImage.write(signed, hub.centre);
    ofSignature = MirroredImage.write(Referrers.signatureOf(signed, "again"), hub.centre);
    serve();
  }

  private void serve() throws Exception {
    site.start();
    resolver = RunningResolver.ofSite(home, site.catalog(), site.own, site.service().upstream(), 0);
  }

  @AfterEach
  void end() throws Exception {
    resolver.close();
    hub.close();
    site.close();
  }

  private NameChange push(Keep keep) {
    return hub.push(SiteBed.REPOSITORY, "1.0", image, keep, 0, null);
  }

  private NameChange pushSigned(Keep keep) {
    return hub.follow(
        push(keep), Map.of(signature, image.digest(), ofSignature, signature.digest()));
  }

  private HttpResponse<byte[]> ask(Digest subject, String query) throws Exception {
    return resolver.get("/v2/" + SiteBed.REPOSITORY + "/referrers/" + subject + query);
  }

  private List<Digest> referrers(Digest subject, String query) throws Exception {
    HttpResponse<byte[]> answer = ask(subject, query);
    assertThat(answer.statusCode())
        .as(new String(answer.body(), StandardCharsets.UTF_8))
        .isEqualTo(200);
    List<Digest> digests = new ArrayList<>();
    for (JsonNode entry : new ObjectMapper().readTree(answer.body()).get("manifests")) {
      digests.add(Digest.parse(entry.get("digest").asText()));
    }
    return digests;
  }

  private List<Digest> referrers(Digest subject) throws Exception {
    return referrers(subject, "");
  }

  private int pull(MirroredImage referrer) throws Exception {
    return resolver
        .get("/v2/" + SiteBed.REPOSITORY + "/manifests/" + referrer.digest())
        .statusCode();
  }

  private void awaitReferrers(Digest subject, MirroredImage... expected) {
    List<Digest> all = List.of(expected).stream().map(MirroredImage::digest).toList();
    Eventually.await(
        "they refer to it",
        () -> {
          try {
            return referrers(subject).equals(all);
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  private void assertServedWithoutTheHub() throws Exception {
    int before = hub.requests.size();
    assertThat(referrers(image.digest())).containsExactly(signature.digest());
    assertThat(referrers(signature.digest())).containsExactly(ofSignature.digest());
    String type = URLEncoder.encode(Referrers.SIGNATURE_TYPE, StandardCharsets.UTF_8);
    assertThat(referrers(image.digest(), "?artifactType=" + type)).hasSize(1);
    assertThat(referrers(image.digest(), "?artifactType=text/other")).isEmpty();
    for (MirroredImage each : List.of(signature, ofSignature)) {
      assertThat(pull(each)).isEqualTo(200);
      for (Map.Entry<String, byte[]> blob : each.image().blobs().entrySet()) {
        assertThat(resolver.get("/v2/" + SiteBed.REPOSITORY + "/blobs/" + blob.getKey()).body())
            .isEqualTo(blob.getValue());
      }
    }
    assertThat(hub.requests.subList(before, hub.requests.size()))
        .noneMatch(request -> request.contains("/dags/"));
  }

  @Test
  void theReportSaysWhichListIsNotWholeUntilItIs() throws Exception {
    hub.leavesReferrersOut = true;
    pushSigned(Keep.EVERY_NODE);

    Report cut = site.awaitReport("of it", ReferrersAtSiteTest::saysWhatIsLeftOut);
    assertThat(cut.exceptions().getFirst().error()).contains("1 names", SiteBed.REPOSITORY);

    hub.leavesReferrersOut = false;
    pushSigned(Keep.EVERY_NODE);
    Eventually.await("it says so no more", () -> !saysWhatIsLeftOut(hub.reports.getLast()));
  }

  private static boolean saysWhatIsLeftOut(Report report) {
    return report.exceptions().stream()
        .anyMatch(each -> each.name().equals("lists of referrers") && each.error() != null);
  }

  @Test
  void theyAreKeptWithTheirSubjectAndServedAsAtTheCentre() throws Exception {
    pushSigned(Keep.EVERY_NODE);
    Eventually.await("both are kept", () -> site.pinned(signature) && site.pinned(ofSignature));
    site.awaitShown("1.0", image);
    awaitReferrers(image.digest(), signature);

    assertServedWithoutTheHub();
    assertThat(
            new String(
                resolver.get("/v2/" + SiteBed.REPOSITORY + "/tags/list").body(),
                StandardCharsets.UTF_8))
        .contains("[\"1.0\"]");
    assertThat(site.awaitReport("of all", r -> r.present().images() == 3).behind().images())
        .isZero();
  }

  @Test
  void oneThatIsStillToComeIsReportedByItselfAndNotByTheNameThatIsThere() throws Exception {
    NameChange change = push(Keep.EVERY_NODE);
    site.awaitShown("1.0", image);
    hub.released = new CountDownLatch(1);
    hub.holdAfter = 0;
    hub.held = signature.dag();
    hub.follow(change, Map.of(signature, image.digest()));

    Predicate<Report> ofOne =
        r -> r.behind().images() == 1 && r.present().images() == 1 && !r.exceptions().isEmpty();
    Eventually.await(
        "it is reported",
        () -> {
          hub.poke();
          return hub.reports.stream().anyMatch(ofOne);
        });
    Report report = site.awaitReport("of one", ofOne);

    assertThat(report.exceptions())
        .extracting(SiteState.Absence::name)
        .containsExactly(SiteBed.REPOSITORY + "@" + signature.digest());
    hub.released.countDown();
    awaitReferrers(image.digest(), signature);
  }

  @Test
  void oneThatComesLongAfterItsSubjectIsKeptAsWell() throws Exception {
    NameChange change = push(Keep.EVERY_NODE);
    site.awaitShown("1.0", image);
    assertThat(referrers(image.digest())).isEmpty();

    hub.follow(change, Map.of(signature, image.digest()));

    awaitReferrers(image.digest(), signature);
    Eventually.await("it is kept", () -> site.pinned(signature));
  }

  @Test
  void theyAreServedAfterARestartWithoutTheHub() throws Exception {
    pushSigned(Keep.EVERY_NODE);
    Eventually.await("both are kept", () -> site.pinned(signature) && site.pinned(ofSignature));
    awaitReferrers(signature.digest(), ofSignature);
    resolver.close();
    site.stop();
    hub.status = 503;

    serve();

    assertServedWithoutTheHub();
  }

  @Test
  void onDemandTheyComeToWhoAsksForTheList() throws Exception {
    pushSigned(Keep.ON_DEMAND);
    Eventually.await("it is known", () -> isNamed(signature));
    assertThat(hub.requests).noneMatch(request -> request.contains("/dags/"));

    assertThat(referrers(image.digest())).containsExactly(signature.digest());
    assertThat(hub.requests).noneMatch(request -> request.contains("/dags/" + ofSignature.dag()));
    assertThat(referrers(signature.digest())).containsExactly(ofSignature.digest());
    assertThat(pull(signature)).isEqualTo(200);
    Eventually.await("they came whole", () -> site.pinned(signature) && site.pinned(ofSignature));
    site.awaitReport("of both", r -> r.onDemand() != null && r.onDemand().images() == 2);
  }

  private boolean isNamed(MirroredImage referrer) {
    try (var store = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("site/site.db"));
        var named = store.prepareStatement("SELECT 1 FROM versions WHERE source = ?")) {
      named.setString(1, referrer.digest().toString());
      return named.executeQuery().next();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aListThatWouldLackOneIsRefusedWhileTheHubIsAway() throws Exception {
    pushSigned(Keep.ON_DEMAND);
    Eventually.await("it is known", () -> isNamed(signature));
    hub.status = 503;

    assertThat(ask(image.digest(), "").statusCode()).isEqualTo(503);
  }

  @Test
  void aSignatureDoesNotStandInForTheImageThatIsStillToCome() throws Exception {
    pushSigned(Keep.EVERY_NODE);
    site.awaitShown("1.0", image);
    Eventually.await("it is kept", () -> site.pinned(signature));

    MirroredImage next = hub.image(2);
    hub.released = new CountDownLatch(1);
    hub.holdAfter = 0;
    hub.held = next.dag();
    hub.push(SiteBed.REPOSITORY, "1.0", next);
    Eventually.await(
        "it comes", () -> hub.requests.stream().anyMatch(r -> r.contains("/dags/" + next.dag())));
    assertThat(site.shown("1.0")).contains(image.digest());
    hub.released.countDown();

    site.awaitShown("1.0", next);
    // As an earlier version.
    assertThat(referrers(image.digest())).containsExactly(signature.digest());
    hub.now = hub.now.plus(KeptDags.EVICT_AFTER).plusSeconds(60);
    Eventually.await(
        "they go a week after their subject was named last",
        () -> {
          hub.poke();
          return !site.pinned(image) && !site.pinned(signature) && !site.pinned(ofSignature);
        });
    awaitReferrers(image.digest());
    assertThat(pull(signature)).isEqualTo(404);
  }

  @Test
  void theyAreForgottenWithTheirSubject() throws Exception {
    NameChange change = pushSigned(Keep.EVERY_NODE);
    Eventually.await("both are kept", () -> site.pinned(signature) && site.pinned(ofSignature));
    awaitReferrers(image.digest(), signature);

    hub.remove(change, RemovalReason.FORGOTTEN);

    Eventually.await(
        "all are unpinned",
        () -> !site.pinned(image) && !site.pinned(signature) && !site.pinned(ofSignature));
    assertThat(pull(signature)).isEqualTo(404);
    assertThat(referrers(signature.digest())).isEmpty();
  }

  @Test
  void oneAloneIsForgotten() throws Exception {
    NameChange change = pushSigned(Keep.EVERY_NODE);
    Eventually.await("both are kept", () -> site.pinned(signature) && site.pinned(ofSignature));
    awaitReferrers(image.digest(), signature);

    hub.follow(change, Map.of());
    hub.forget(APP, signature.digest(), image.digest());

    Eventually.await(
        "both are unpinned", () -> !site.pinned(signature) && !site.pinned(ofSignature));
    assertThat(pull(signature)).isEqualTo(404);
    assertThat(site.pinned(image)).isTrue();
    awaitReferrers(image.digest());
  }

  @Test
  void theyGoWithTheNameThatIsTheSitesNoMore() throws Exception {
    NameChange change = pushSigned(Keep.ON_DEMAND);
    Eventually.await("it is known", () -> isNamed(signature));

    hub.drop(change);

    Eventually.await("nothing is known", () -> !isNamed(signature));
    assertThat(referrers(image.digest())).isEmpty();
    assertThat(pull(signature)).isEqualTo(404);
  }

  @Test
  void oneThatRefersToNothingIsTakenForAWrongAnswer() {
    NameChange change = push(Keep.EVERY_NODE);
    site.awaitShown("1.0", image);
    Map<MirroredImage, Digest> none = new HashMap<>();
    none.put(signature, null);

    hub.follow(change, none);

    site.awaitReport(
        "of it",
        r ->
            r.exceptions().stream()
                .anyMatch(e -> String.valueOf(e.error()).contains("refers to nothing")));
  }
}
