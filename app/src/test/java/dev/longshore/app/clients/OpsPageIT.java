package dev.longshore.app.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.FreePorts;
import dev.longshore.app.LongshoreProcess;
import dev.longshore.app.browser.Chromium;
import dev.longshore.app.ops.PageBed;
import dev.longshore.app.parts.Ports;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The operations page in a headless Chromium, over what the other tests of this run mirror, too.
 * Its pictures stay in {@code target/ops-page}; of these, {@code docs/images} has {@code now-light}
 * as {@code ops-now}, and {@code image-dark} as {@code ops-image}.
 */
@Timeout(180)
class OpsPageIT {
  private static final Path PICTURES = Path.of("target", "ops-page");
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration START = Duration.ofSeconds(60);

  @RegisterExtension static final SharedCluster CLUSTER = new SharedCluster();

  @TempDir private static Path folder;
  private static DevelopmentCluster cluster;
  private static Chromium browser;

  @BeforeAll
  static void start() throws Exception {
    cluster = CLUSTER.get();
    browser = new Chromium();
    browser.open(page("/"));
    browser.awaitText("Token or password", START);
    logIn(cluster.pageToken());
    push("shop/checkout", Map.of("app", "one", "data/prices", "p".repeat(40_000)));
    push("shop/checkout", Map.of("app", "two", "data/prices", "p".repeat(40_000)));
    push("shop/secret", Map.of("app", "with a key in it"));
  }

  @AfterAll
  static void stop() throws Exception {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void look() throws Exception {
    browser.offline(false);
    browser.complaints().clear();
    browser.look(1200, 820, false);
  }

  private static void push(String repository, Map<String, String> files) throws Exception {
    RepositoryName name = cluster.name(repository);
    InMemoryRegistry images = new InMemoryRegistry();
    Map<String, byte[]> content = new HashMap<>();
    files.forEach((path, text) -> content.put(path, text.getBytes(StandardCharsets.UTF_8)));
    RunnableImage.pushOnBase(images, name, content);
    cluster.push(images, name, "v1");
    cluster.awaitTag(repository, "v1");
  }

  private static String tag(String repository) {
    return cluster.registry() + "/" + repository + ":v1";
  }

  private static URI page(String path) {
    return cluster.page().resolve(path);
  }

  private static URI image(String repository) {
    return page("/image?ref=" + URLEncoder.encode(tag(repository), StandardCharsets.UTF_8));
  }

  /** Opens the dialog, reads what it would do, gives a reason and decides. */
  private static String decide(String button, String expected, String outcome) throws Exception {
    browser.click(button, SOON);
    browser.await("document.querySelector('dialog .plan li') !== null", SOON);
    String plan = browser.run("document.querySelector('dialog .plan').innerText").asText();
    assertThat(plan).contains(expected);
    browser.run("document.getElementById('reason').focus()");
    browser.type("a test of the page");
    browser.press("Enter");
    browser.await("!document.getElementById('dialog').open", SOON);
    browser.awaitText(outcome, SOON);
    return plan;
  }

  @Test
  void everyViewShowsWhatTheClusterHas() throws Exception {
    browser.open(page("/"));
    browser.awaitText("Short of copies", SOON);
    browser.await("document.querySelectorAll('.peers tbody tr').length === 3", SOON);
    browser.await("document.querySelectorAll('.queues tbody tr').length === 3", SOON);
    browser.await(
        "[...document.querySelectorAll('.peers td[data-heading=Copies]')]"
            + ".reduce((sum, copies) => sum + Number(copies.textContent), 0) === Number("
            + "document.querySelector('.figure[data-key=Copies] dd').firstChild.textContent)",
        SOON);
    browser.awaitText("live", SOON);
    browser.picture(PICTURES.resolve("now-light.png"));
    browser.look(390, 844, false);
    assertThat(browser.tooWide()).as("a phone need not scroll sideways").isEmpty();
    browser.picture(PICTURES.resolve("now-phone.png"));

    browser.look(1200, 820, true);
    browser.open(image("shop/checkout"));
    browser.awaitText("it is there: converted, and every copy is verified", SOON);
    browser.await("document.querySelectorAll('.layers tbody tr').length === 2", SOON);
    assertThat(
            browser
                .run(
                    "[...document.querySelectorAll('.layers .state')].map((s) => s.innerText)"
                        + ".join()")
                .asText())
        .as("the base came with the version before")
        .contains("as before", "new");
    assertThat(
            browser
                .run(
                    "[...document.querySelectorAll('.steps .step')].map((s) => s.innerText).join()")
                .asText())
        .contains(
            "hinted", "observed", "converted", "first copy", "min copies", "all copies", "shown");
    assertThat(browser.run("document.querySelectorAll('.copies tbody tr').length").asInt())
        .isEqualTo(3);
    assertThat(browser.run("document.querySelectorAll('.versions tbody tr').length").asInt())
        .isEqualTo(2);
    browser.picture(PICTURES.resolve("image-dark.png"));
    browser.look(390, 844, false);
    browser.picture(PICTURES.resolve("image-phone.png"));
    browser.look(1200, 820, false);

    browser.press("/");
    browser.type("checkout");
    browser.press("Enter");
    browser.await("location.pathname === '/search'", SOON);
    browser.await("document.querySelector('.names a') !== null", SOON);
    assertThat(browser.run("document.querySelector('.names a').title").asText())
        .isEqualTo(tag("shop/checkout"));
    browser.run("document.activeElement.blur()");
    for (Map.Entry<String, String> view :
        Map.of("f", "Work that does not go on", "d", "Decisions in force", "s", "Not known here")
            .entrySet()) {
      browser.press("g");
      browser.press(view.getKey());
      browser.awaitText(view.getValue(), SOON);
      browser.picture(PICTURES.resolve("view-" + view.getKey() + ".png"));
    }
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void aPushIsSeenWithinTwoSecondsOfItsState() throws Exception {
    browser.open(image("shop/fresh"));
    browser.awaitText("not known", SOON);
    browser.awaitText("live", SOON);
    push("shop/fresh", Map.of("app", "new"));
    long from = System.nanoTime();
    browser.await("document.querySelector('.title .state.ok') !== null", Duration.ofSeconds(2));
    System.out.printf(
        "a push was seen %d ms after its state%n", (System.nanoTime() - from) / 1_000_000);
  }

  @Test
  void peersAreHeldAndDrainedAndThatIsTakenBack() throws Exception {
    browser.open(page("/decisions"));
    decide("[data-action=hold][data-subject=peer-2]", "gets no new copies", "Hold peer-2: decided");
    browser.awaitText("on hold", SOON);
    decide(
        "[data-action=unhold][data-subject=peer-2]",
        "is taken back",
        "Take off hold peer-2: undone");
    String plan =
        decide("[data-action=drain][data-subject=peer-3]", "copies", "Drain peer-3: decided");
    assertThat(plan).contains("Not all of it can be done now", "other peers may have one");
    decide(
        "[data-action=undrain][data-subject=peer-3]",
        "is taken back",
        "Stop draining peer-3: undone");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void anImageIsForgottenAndThatIsTakenBack() throws Exception {
    browser.open(image("shop/secret"));
    String plan = decide("[data-action=forget]", "answers no longer", "decided");
    assertThat(plan).contains(tag("shop/secret"), "out of reach");
    browser.awaitText("Forgotten by", SOON);
    assertThat(cluster.runWell("peer", "list").exitCode()).isZero();
    decide("[data-action=unforget]", "is converted again", "undone");
    browser.await("document.querySelector('[data-action=forget]') !== null", SOON);
  }

  @Test
  void whatFailedForGoodIsTriedAgain() throws Exception {
    RepositoryName name = cluster.name("subset/none");
    InMemoryRegistry images = new InMemoryRegistry();
    images.push(
        name,
        "v1",
        RandomImage.of(
            611, RandomImageOptions.small().withPlatforms("linux/arm64", "linux/s390x")));
    cluster.push(images, name, "v1");
    browser.open(page("/failures"));
    browser.awaitText("PLATFORM_UNKNOWN", START);
    decide(
        "[data-action=retry][data-subject='" + tag("subset/none") + "']",
        "PLATFORM_UNKNOWN",
        "1 sent again");
  }

  @Test
  void whoLogsInAtAPageOfItsOwnSeesItsRestartAndLetsAGuardGo() throws Exception {
    Ports ports = FreePorts.find();
    Path tokens = folder.resolve("tokens.yaml");
    String looker = token(tokens, "looker", "--look-up", "**", "--pins");
    String admin = token(tokens, "admin", "--look-up", "**", "--pins", "--decide");
    Path home = folder.resolve("home");
    Path config =
        Files.writeString(folder.resolve("page.yaml"), cluster.pageSettings(home, ports, tokens));
    URI own = URI.create("http://127.0.0.1:" + ports.ops() + "/decisions");

    LongshoreProcess page = open(home, config);
    try {
      browser.open(own);
      browser.awaitText("Token or password", SOON);
      logIn(looker);
      browser.awaitText("You may look", SOON);
      assertThat(browser.run("document.querySelectorAll('[data-action]').length").asInt()).isZero();
      assertThat(
              browser.run("document.cookie + localStorage.length + sessionStorage.length").asText())
          .as("nothing that a program of the page could read")
          .isEqualTo("00");
      assertThat(
              browser
                  .run(
                      "fetch('/api/plan', {method: 'POST', headers: {'Content-Type':"
                          + " 'application/json'}, body: '{\"action\":\"hold\",\"subject\":"
                          + "\"peer-1\"}'}).then((answer) => answer.status)")
                  .asInt())
          .isEqualTo(403);
      browser.click("[data-logout]", SOON);
      browser.awaitText("Token or password", SOON);
      browser.open(own);
      browser.awaitText("Token or password", SOON);
      logIn(admin);
      decide("[data-action=confirm]", "are made elsewhere", "decided");
      browser.awaitText("confirmed", SOON);

      page.terminate();
      page.await(START);
      page.close();
      browser.awaitText("Not connected", SOON);
      assertThat(browser.text()).contains("last figures of");
      browser.picture(PICTURES.resolve("not-connected.png"));

      page = open(home, config);
      browser.awaitText("Token or password", SOON);
      logIn(admin);
      browser.awaitText("live", SOON);
      browser.awaitText("Decisions in force", SOON);
    } finally {
      page.terminate();
      page.await(START);
      page.close();
    }
  }

  private static LongshoreProcess open(Path home, Path config) throws Exception {
    LongshoreProcess page =
        LongshoreProcess.start(home, "service", "ops", "--config", config.toString());
    try {
      page.awaitOutput("ops is ready", START);
      return page;
    } catch (Exception | AssertionError e) {
      page.close();
      throw e;
    }
  }

  private static String token(Path file, String name, String... scopes) throws Exception {
    String[] command = new String[scopes.length + 5];
    System.arraycopy(new String[] {"token", "new", name}, 0, command, 0, 3);
    System.arraycopy(scopes, 0, command, 3, scopes.length);
    command[scopes.length + 3] = "--file";
    command[scopes.length + 4] = file.toString();
    return cluster.runWell(command).lastLine();
  }

  private static void logIn(String token) throws Exception {
    browser.await("document.activeElement?.id === 'token'", SOON);
    browser.type(token);
    browser.press("Enter");
    browser.await("document.getElementById('token') === null", SOON);
  }

  @Test
  void aDroppedConnectionIsShownAndHealsByItself() throws Exception {
    browser.open(page("/"));
    browser.awaitText("live", SOON);
    browser.awaitText("Short of copies", SOON);
    browser.offline(true);
    browser.awaitText("Not connected since", SOON);
    assertThat(browser.text()).contains("last figures of", "Short of copies");
    browser.offline(false);
    browser.await("!document.body.innerText.includes('Not connected since')", SOON);
    browser.awaitText("live", SOON);
  }

  @Test
  void textsOfStrangersAreShownAsTheyAreAndDoNothing() throws Exception {
    String text = "</bdi><img src=x onerror=\"document.title='taken'\"><script>stolen()</script>";
    String key = Samples.REGISTRY + "/evil__--..name/\u202Egnp.exe\"'><svg/onload=stolen()>:v1";
    try (PageBed bed = new PageBed(folder, PageBed.OPEN, "", Clock.systemUTC())) {
      bed.fail(
          new WorkFailure(
              key,
              "convert",
              WorkFailure.Kind.PERMANENT,
              "<b>REASON</b>",
              null,
              text + "\u001b[31m",
              0,
              Clock.systemUTC().instant(),
              null));
      String asked = URLEncoder.encode(text, StandardCharsets.UTF_8);
      for (String path :
          List.of("/failures", "/", "/search?text=" + asked, "/image?ref=" + asked)) {
        browser.open(bed.at(path));
        browser.awaitText(path.startsWith("/image") ? "No figures" : "<script>stolen()", SOON);
        assertThat(
                browser
                    .run("document.querySelectorAll('main :is(img, script, svg, b)').length")
                    .asInt())
            .isZero();
        assertThat(browser.run("document.title").asText()).isNotEqualTo("taken");
      }
      browser.open(bed.at("/failures"));
      browser.awaitText("‹U+202E›gnp.exe\"'><svg/onload=stolen()>", SOON);
      browser.awaitText("‹U+001B›[31m", SOON);
      assertThat(browser.complaints()).isEmpty();
    }
  }
}
