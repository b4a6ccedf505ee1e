package dev.longshore.resolver.hub;

import static dev.longshore.resolver.hub.RunningHub.group;
import static dev.longshore.resolver.hub.RunningHub.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.ServedState;
import dev.longshore.resolver.hub.SiteClient.Section;
import dev.longshore.resolver.testing.States;
import dev.longshore.sites.Kind;
import dev.longshore.sites.NameChange;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sites that wait for a change. */
class WaitingSitesTest {
  private static final String APP = "registry.test/shop/app";

  /** As long as a hub lets a site wait. */
  private static final int LONGEST = 55;

  @TempDir Path folder;
  private RunningHub hub;
  private SiteClient site;
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeEach
  void start() throws Exception {
    hub =
        new RunningHub(
            folder,
            group("shops", rule("registry.test/shop/**")),
            group("offices", rule("registry.test/office/**")));
    hub.show(APP, "1", 1);
    site = new SiteClient(hub, "north");
    site.poll();
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    hub.close();
  }

  private CompletableFuture<HttpResponse<byte[]>> waiting(String name) {
    HttpRequest request =
        hub.request(name, SiteClient.path(name, site.cursor, LONGEST))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    return client.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray());
  }

  /** One that waits, or is about to: the hub has looked who calls. */
  private CompletableFuture<HttpResponse<byte[]>> letIn(String name) throws Exception {
    int before = hub.looks.get();
    CompletableFuture<HttpResponse<byte[]>> answer = waiting(name);
    await(() -> hub.looks.get() < before);
    return answer;
  }

  /** Requests that are under way at the listener. */
  private long underWay() {
    Matcher active =
        Pattern.compile("http_server_active_requests\\S*\\{[^}]*} (\\d+)")
            .matcher(hub.resolver.metrics());
    return active.find() ? Long.parseLong(active.group(1)) : -1;
  }

  private static void await(BooleanSupplier state) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!state.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private Section section(CompletableFuture<HttpResponse<byte[]>> answer) throws Exception {
    return site.sections(answer.get(LONGEST + 30L, TimeUnit.SECONDS)).getFirst();
  }

  @Test
  void aChangeOfItsNamesEndsTheWaitAndAnotherOneDoesNot() throws Exception {
    CompletableFuture<HttpResponse<byte[]>> answer = waiting("north");
    await(() -> underWay() == 1);
    hub.show("registry.test/office/mail", "1", 2);
    ServedState changed = hub.show(APP, "1", 3);

    assertThat(section(answer).changes()).extracting(NameChange::served).containsExactly(changed);
  }

  @Test
  void aWaitInWhichNothingCameEndsAndTheNextOneGoesOnFromThere() throws Exception {
    Section nothing = site.sections(site.ask(1)).getFirst();
    assertThat(nothing.changes()).isEmpty();
    assertThat(nothing.end().kind()).isEqualTo(Kind.DELTA);
    site.apply(nothing);

    ServedState changed = hub.show(APP, "1", 3);

    assertThat(section(waiting("north")).changes())
        .extracting(NameChange::served)
        .containsExactly(changed);
  }

  @Test
  void whatRefersToOneOfItsImagesEndsTheWait() throws Exception {
    var image = RunningHub.image(APP, 1, "plain");
    hub.put(image, RunningHub.tag(APP, "1", image, List.of()));
    CompletableFuture<HttpResponse<byte[]>> answer = waiting("north");
    await(() -> underWay() == 1);
    var signature = RunningHub.image(APP, 2, "plain").boundTo(image.digest());
    hub.put(signature, RunningHub.untagged(signature, States.AT));

    assertThat(section(answer).changes())
        .singleElement()
        .satisfies(
            change ->
                assertThat(change.referrers())
                    .extracting(each -> each.image().digest())
                    .containsExactly(signature.digest()));
  }

  @Test
  void whatThisProcessStoredAheadEndsTheWaitOnceItsSourcePassesIt() throws Exception {
    var image = RunningHub.image(APP, 2, "plain");
    ServedState served = RunningHub.served(APP, "1", States.AT, image);
    List<CatalogRecord> ahead = List.of(hub.log.put(image), hub.log.put(served));
    hub.edge.catalog.writer().apply(ahead);
    CompletableFuture<HttpResponse<byte[]>> answer = waiting("north");
    await(() -> underWay() == 1);
    // It has looked by the time that others, which came later, have their answers.
    for (int i = 0; i < 5; i++) {
      assertThat(site.sections(site.ask(0)).getFirst().changes()).isEmpty();
    }
    // Its source brings nothing that changes anything any more.
    hub.source.follow();

    assertThat(site.sections(answer.get(LONGEST - 10L, TimeUnit.SECONDS)).getFirst().changes())
        .extracting(NameChange::served)
        .containsExactly(served);
  }

  @Test
  void aSiteThatIsShutOutWhileItWaitsIsNotToldOfAChange() throws Exception {
    CompletableFuture<HttpResponse<byte[]>> answer = letIn("north");
    hub.groups.remove("north");
    hub.show(APP, "1", 3);

    CompletableFuture<Integer> status =
        answer.handle((told, broken) -> told == null ? 0 : told.statusCode());
    assertThat(status.get(LONGEST + 30L, TimeUnit.SECONDS)).isNotEqualTo(200);
  }

  @Test
  void theWaitOfASiteEndsWhenItIsShutOutThoughNothingChanges() throws Exception {
    CompletableFuture<HttpResponse<byte[]>> answer = letIn("north");
    hub.groups.remove("north");

    assertThat(answer.get(LONGEST - 10L, TimeUnit.SECONDS).statusCode()).isEqualTo(403);
  }

  @Test
  void otherRulesOfItsGroupEndTheWaitAndAreWhatItIsToldBy() throws Exception {
    hub.show("registry.test/office/mail", "1", 2);
    CompletableFuture<HttpResponse<byte[]>> answer = letIn("north");
    hub.settings = List.of(group("shops", rule("registry.test/office/**")));

    Section told = site.sections(answer.get(LONGEST - 10L, TimeUnit.SECONDS)).getFirst();
    assertThat(told.end().kind()).isEqualTo(Kind.SNAPSHOT);
    assertThat(told.changes())
        .extracting(change -> change.served().name().toString())
        .containsExactly("registry.test/office/mail");
  }

  @Test
  void whatPeopleAskOfItEndsTheWait() throws Exception {
    CompletableFuture<HttpResponse<byte[]>> answer = letIn("north");
    hub.paused = true;
    hub.syncAt = States.AT;

    Section told = site.sections(answer.get(LONGEST - 10L, TimeUnit.SECONDS)).getFirst();
    assertThat(told.end().kind()).isEqualTo(Kind.DELTA);
    assertThat(told.group().paused()).isTrue();
    assertThat(told.group().syncAt()).isEqualTo(States.AT);
    assertThat(told.changes()).isEmpty();
  }

  @Test
  void aRecordIsMatchedWithEachGroupOnceAndWakesTheOnesThatItMattersTo() {
    SiteGroups groups = new SiteGroups(() -> hub.settings);
    SiteGroup shops = groups.named("shops").orElseThrow();
    SiteGroup offices = groups.named("offices").orElseThrow();
    try (ChangeSignals signals = new ChangeSignals(hub.edge.catalog, groups)) {
      hub.show(APP, "1", 2);
      hub.show(APP, "2", 3);
      hub.show("registry.test/office/mail", "1", 4);

      assertThat(signals.of(shops).count()).isEqualTo(2);
      assertThat(signals.of(offices).count()).isEqualTo(1);
    }
  }

  @Test
  void manyThatWaitLeaveThePlacesOfPullsAndAllAreTold() throws Exception {
    List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
    for (int i = 0; i < RunningHub.SITES; i++) {
      answers.add(waiting("site-" + i));
    }
    await(() -> underWay() == RunningHub.SITES);

    HttpRequest pull = hub.request("puller", "/v2/").GET().build();
    assertThat(hub.resolver.send(pull).statusCode()).isEqualTo(200);
    ServedState changed = hub.show(APP, "1", 3);
    for (CompletableFuture<HttpResponse<byte[]>> answer : answers) {
      assertThat(section(answer).changes()).extracting(NameChange::served).containsExactly(changed);
    }
  }
}
