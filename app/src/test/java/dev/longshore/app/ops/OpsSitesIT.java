package dev.longshore.app.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.browser.Chromium;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.AbsenceReason;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sites on the operations page in a headless Chromium; pictures stay in {@code target/ops-page}.
 */
@Timeout(180)
class OpsSitesIT {
  private static final Path PICTURES = Path.of("target", "ops-page");
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final int MANY = 200;

  @TempDir private Path folder;
  private final Clock clock = Clock.systemUTC();
  private final String name = HubBed.name(HubBed.APP, 1);
  private HubBed hub;
  private Chromium browser;

  @BeforeEach
  void start() throws Exception {
    hub = new HubBed(folder, clock);
    browser = new Chromium();
    browser.look(1200, 820, false);
    hub.page()
        .put(
            Samples.tag(HubBed.APP, "v1", 1),
            Samples.image(1),
            Samples.pin(1, 1, 1),
            HubBed.shown(HubBed.APP, 1, clock.instant()));
  }

  @AfterEach
  void stop() throws Exception {
    try (HubBed _ = hub) {
      browser.close();
    }
  }

  private URI image() {
    return hub.page().at("/image?ref=" + URLEncoder.encode(name, StandardCharsets.UTF_8));
  }

  @Test
  void sitesOfAHubAreShownWithWhatTheyLackAndUntilWhen() throws Exception {
    hub.site("there", "shops");
    hub.site("coming", "shops");
    hub.site("office", "offices");
    hub.hasAll("there", "shops");
    hub.clocksAhead(Duration.ofSeconds(42));
    Instant next = clock.instant().plus(Duration.ofMinutes(30));
    hub.lacks("coming", "shops", name, AbsenceReason.FAILED, next);

    browser.open(hub.page().at("/"));
    browser.awaitText("1 behind", SOON);
    browser.awaitText("1 up to date", SOON);
    browser.picture(PICTURES.resolve("sites-now.png"));
    browser.open(hub.page().at("/site?name=coming"));
    browser.await("document.querySelectorAll('.missing tbody tr').length === 1", SOON);
    browser.awaitText("failed", SOON);
    browser.awaitText("in 29 min", SOON);
    browser.awaitText("clock 42 s ahead", SOON);
    browser.await("document.querySelector('.series svg .known')?.getAttribute('d') > ''", SOON);
    assertThat(browser.run("document.querySelector('.series svg').ariaLabel").asText())
        .contains("1 image behind");
    browser.click(".series summary", SOON);
    browser.await("document.querySelectorAll('.series tbody tr').length > 0", SOON);
    assertThat(browser.text()).contains("known since", "Lag target", "always open");
    browser.picture(PICTURES.resolve("site.png"));
    browser.look(390, 844, true);
    browser.picture(PICTURES.resolve("site-phone.png"));
    assertThat(browser.tooWide()).isEmpty();
    browser.look(1200, 820, false);
    browser.open(hub.page().at("/site?name=office"));
    browser.awaitText("2.0 MB/s", SOON);
    assertThat(browser.text()).contains("22:00-06:00", "12:30-13:00", "Europe/Berlin");
    browser.open(image());
    browser.awaitText("1 on its way", SOON);
    browser.awaitText("1 there", SOON);
    assertThat(browser.text()).contains("nobody told of it", "clock 42 s ahead");
    assertThat(
            browser
                .run(
                    "[...document.querySelectorAll('.steps .delta')].slice(1)"
                        + ".every((delta) => delta.innerText.startsWith('≥ '))")
                .asBoolean())
        .as("times since a push that nobody told of")
        .isTrue();
    assertThat(
            browser
                .run("document.querySelector('.steps .span').style.getPropertyValue('--width')")
                .asText())
        .as("nothing that is known came before the first step, so it took no time")
        .isEqualTo("0.00%");
    browser.picture(PICTURES.resolve("image-sites.png"));
    assertThat(browser.complaints()).isEmpty();
  }

  private String there(String site, String heading) throws Exception {
    return browser
        .run(
            "[...document.querySelectorAll('.sites tbody tr')].find((row) =>"
                + " row.innerText.includes(%s)).querySelector('td[data-heading=\"%s\"]').innerText"
                    .formatted(Chromium.quoted(site), heading))
        .asText();
  }

  @Test
  void ofAnImageItIsShownWhenItCameToASiteAsFarAsThatIsKnown() throws Exception {
    hub.site("early", "shops");
    hub.site("seen", "shops");
    hub.hasAll("early", "shops");
    hub.lacks("seen", "shops", name, AbsenceReason.UNDER_WAY, clock.instant());
    hub.read();
    hub.hasAll("seen", "shops");
    hub.read();

    browser.open(image());
    browser.awaitText("2 there", SOON);
    assertThat(there("seen", "When")).startsWith("+");
    assertThat(there("early", "When")).isEqualTo("not known");
    assertThat(there("seen", "First pull")).isEqualTo("–");
    browser.picture(PICTURES.resolve("image-came.png"));
  }

  /** On call, on a phone, at night. */
  @Test
  void twoHundredSitesFitAPhoneAndAreReachedByKeysAlone() throws Exception {
    for (int i = 0; i < MANY; i++) {
      String site = "site-%03d-of-a-long-name.example".formatted(i);
      hub.site(site, "shops");
      if (i % 3 == 0) {
        Instant next = clock.instant().plus(Duration.ofMinutes(i));
        hub.lacks(site, "shops", name, AbsenceReason.FAILED, next);
      } else {
        hub.hasAll(site, "shops");
      }
    }
    browser.look(390, 844, true);
    browser.open(hub.page().at("/"));
    browser.awaitText("67 behind", SOON);
    assertThat(browser.tooWide()).isEmpty();
    browser.picture(PICTURES.resolve("many-now-phone-dark.png"));
    browser.press("g");
    browser.press("s");
    browser.await("document.querySelectorAll('main tbody tr').length > 100", SOON);
    assertThat(browser.tooWide()).isEmpty();
    browser.picture(PICTURES.resolve("many-sites-phone-dark.png"));
    browser.press("j");
    browser.press("j");
    browser.press("Enter");
    browser.await("location.pathname === '/site'", SOON);
    browser.awaitText("failed", SOON);
    assertThat(browser.tooWide()).isEmpty();
    browser.picture(PICTURES.resolve("many-site-phone-dark.png"));
    browser.open(image());
    browser.awaitText("133 there", SOON);
    assertThat(browser.tooWide()).isEmpty();
    browser.picture(PICTURES.resolve("many-image-phone-dark.png"));
    assertThat(browser.complaints()).isEmpty();
  }
}
