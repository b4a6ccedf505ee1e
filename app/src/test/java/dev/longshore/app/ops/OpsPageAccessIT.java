package dev.longshore.app.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.app.browser.Chromium;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.AbsenceReason;
import dev.longshore.events.PeerPhase;
import dev.longshore.events.PeerState;
import dev.longshore.model.PeerName;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page for who has no mouse, no large screen, or a screen reader: WCAG 2.2, level AA. */
@Timeout(180)
class OpsPageAccessIT {
  private static final Duration SOON = Duration.ofSeconds(20);

  /** What a phone of 320 CSS pixels shows, or a screen of 1280 at 400 %. */
  private static final int NARROW = 320;

  private static final String PEERS =
      """
      peers:
        - {name: peer-0, zone: a, rpc: "http://127.0.0.1:1", gateway: "http://127.0.0.1:2"}
        - {name: peer-1, zone: b, rpc: "http://127.0.0.1:3", gateway: "http://127.0.0.1:4"}
      """;

  private static final Set<String> NAMED =
      Set.of("link", "button", "textbox", "searchbox", "table", "dialog", "region", "navigation");

  /** A function that says what is wrong with what is to be seen now. */
  private static final String FAULTS =
      """
      (() => {
        const faults = [];
        const shown = (one) => one.getClientRects().length > 0 && getComputedStyle(one).visibility !== 'hidden';
        const what = (one) => `${one.tagName.toLowerCase()}.${one.className} "${(one.innerText ?? '').slice(0, 40)}"`;
        if (document.documentElement.lang !== 'en') faults.push('no language');
        if (!document.title.endsWith('Longshore')) faults.push('title: ' + document.title);
        const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
        ids.filter((id, at) => ids.indexOf(id) !== at).forEach((id) => faults.push('twice: id ' + id));
        for (const name of ['for', 'aria-labelledby']) {
          document.querySelectorAll(`[${name}]`).forEach((one) => {
            if (shown(one) && !document.getElementById(one.getAttribute(name))) faults.push(`${name} of nothing: ${what(one)}`);
          });
        }
        const open = document.querySelector('dialog[open]');
        const heads = [...(open ?? document.body).querySelectorAll('h1, h2, h3, h4')].filter(shown);
        if (!open && heads.filter((one) => one.tagName === 'H1').length !== 1) faults.push('not one h1: ' + heads.map(what));
        heads.reduce((level, one) => {
          const its = Number(one.tagName[1]);
          if (its > level + 1) faults.push('a heading skips a level: ' + what(one));
          return its;
        }, open ? 1 : 0);
        document.querySelectorAll('table').forEach((one) => {
          if (!one.querySelector('th[scope=col]')) faults.push('a table without headings: ' + what(one));
        });
        document.querySelectorAll('button, summary, nav a, input').forEach((one) => {
          if (!shown(one) || one.closest('p, dd, li > span')) return;
          const box = one.getBoundingClientRect();
          if (box.height < 23.5 || box.width < 23.5) faults.push(`smaller than 24 pixels: ${what(one)} ${Math.round(box.width)} x ${Math.round(box.height)}`);
        });
        document.querySelectorAll('*').forEach((one) => {
          const style = getComputedStyle(one);
          if (!shown(one) || !/auto|scroll/.test(style.overflowX) || one.scrollWidth <= one.clientWidth + 1) return;
          if (one.tabIndex < 0 && !one.querySelector('a[href], button, [tabindex="0"]')) faults.push('no key scrolls it: ' + what(one));
        });
        return faults;
      })()
      """;

  @TempDir private static Path folder;
  private static Chromium browser;
  private static HubBed hub;
  private static PageBed alone;

  @BeforeAll
  static void start() throws Exception {
    Clock clock = Clock.systemUTC();
    browser = new Chromium();
    hub = new HubBed(folder, clock);
    hub.page.put(
        Samples.tag(HubBed.APP, "v1", 1),
        Samples.image(1),
        Samples.pin(1, 3, 1),
        HubBed.shown(HubBed.APP, 1, clock.instant()));
    hub.site("there", "shops");
    hub.site("coming", "shops");
    hub.hasAll("there", "shops");
    hub.lacks("coming", "shops", name(), AbsenceReason.FAILED, clock.instant());
    alone = new PageBed(folder, PageBed.OPEN, PEERS, clock);
    alone.put(
        Samples.tag(HubBed.APP, "v1", 1),
        Samples.image(1),
        Samples.pin(1, 3, 1),
        peer("peer-0"),
        peer("peer-1"));
    alone.fail(
        new WorkFailure(
            name(),
            "convert",
            WorkFailure.Kind.PERMANENT,
            "DIGEST_MISMATCH",
            null,
            "another digest",
            0,
            clock.instant(),
            null));
  }

  private static PeerState peer(String name) {
    return new PeerState(
        new PeerName(name),
        null,
        List.of(),
        "a",
        PeerPhase.UP,
        Samples.NOW,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable one : new AutoCloseable[] {browser, hub, alone}) {
      if (one != null) {
        one.close();
      }
    }
  }

  private static String name() {
    return HubBed.name(HubBed.APP, 1);
  }

  /** Each view with what it shows once it is there. */
  private static Map<String, String> views() {
    String image = URLEncoder.encode(name(), StandardCharsets.UTF_8);
    Map<String, String> views = new TreeMap<>();
    views.put("/", "Short of copies");
    views.put("/image?ref=" + image, "Its way");
    views.put("/sites", "coming");
    views.put("/site?name=coming", "Lag over time");
    views.put("/failures", "Failures");
    views.put("/decisions", "Decisions in force");
    views.put("/search?text=app", "v1");
    return views;
  }

  private static void open(PageBed bed, Map.Entry<String, String> view) throws Exception {
    browser.open(bed.at(view.getKey()));
    browser.await("document.querySelector('main[aria-busy=false]') !== null", SOON);
    browser.awaitText(view.getValue(), SOON);
  }

  private static List<String> faults() throws Exception {
    List<String> faults = new ArrayList<>();
    browser.run(FAULTS).forEach(one -> faults.add(one.asText()));
    for (JsonNode thing : browser.accessible()) {
      String role = thing.at("/role/value").asText();
      if (NAMED.contains(role) && thing.at("/name/value").asText().isBlank()) {
        faults.add("a " + role + " without a name");
      }
    }
    return faults;
  }

  @Test
  void eachViewHasNamesHeadingsAndTargetsThatAreLargeEnough() throws Exception {
    Map<String, List<String>> found = new TreeMap<>();
    for (PageBed bed : List.of(hub.page, alone)) {
      for (int width : List.of(1200, 390)) {
        browser.look(width, 844, false);
        for (Map.Entry<String, String> view : views().entrySet()) {
          if (bed == alone && view.getKey().startsWith("/site")) {
            continue;
          }
          open(bed, view);
          List<String> faults = faults();
          if (!faults.isEmpty()) {
            found.put(view.getKey() + " at " + width, faults);
          }
        }
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void aNarrowScreenAndWideTextHideNothingAndNeedNoScrollingSideways() throws Exception {
    List<String> wide = new ArrayList<>();
    for (Map.Entry<String, String> view : views().entrySet()) {
      browser.look(NARROW, 640, false);
      open(hub.page, view);
      for (String spacing : List.of("", "1.5")) {
        if (!spacing.isEmpty()) {
          // As WCAG 1.4.12 has it; by the style of each element, as the page's policy wants it.
          browser.run(
              "document.querySelectorAll('body *').forEach((one) => {"
                  + "one.style.lineHeight = '1.5'; one.style.letterSpacing = '0.12em';"
                  + "one.style.wordSpacing = '0.16em'; })");
        }
        int width = browser.run("document.documentElement.scrollWidth").asInt();
        wide.addAll(hidden(view.getKey()));
        // Parts of pixels are rounded up.
        if (width > NARROW + 1) {
          wide.add(
              "%s with spacing '%s': %d pixels, by %s"
                  .formatted(view.getKey(), spacing, width, widest()));
        }
      }
    }
    assertThat(wide).isEmpty();
  }

  private static String widest() throws Exception {
    return browser
        .run(
            "[...document.querySelectorAll('body *')].filter((one) =>"
                + " one.getBoundingClientRect().right > innerWidth && one.children.length === 0)"
                + ".map((one) => `${one.parentElement.className} ${one.tagName} ${one.className}"
                + " ${one.textContent}`).slice(0, 5).join('; ')")
        .asText();
  }

  /** Figures that are not to be seen on a narrow screen. */
  private static List<String> hidden(String view) throws Exception {
    List<String> hidden = new ArrayList<>();
    browser
        .run(
            "[...document.querySelectorAll('main :is(td, .when, .delta)')].filter((one) =>"
                + " one.textContent.trim() !== '' && one.getClientRects().length === 0)"
                + ".map((one) => one.textContent)")
        .forEach(one -> hidden.add(view + " hides " + one.asText()));
    return hidden;
  }

  @Test
  void whateverCanBeClickedIsReachedByTheTabKeyAndShowsThat() throws Exception {
    browser.look(1200, 820, false);
    open(alone, Map.entry("/decisions", "Decisions in force"));
    browser.await("document.querySelectorAll('[data-action=hold]').length === 2", SOON);
    browser.run("document.activeElement.blur()");
    String here = "[...document.querySelectorAll('a[href], button, input, summary')]";
    String count =
        here + ".filter((one) => one.getClientRects().length > 0 && !one.disabled).length";
    int all = browser.run(count).asInt();
    browser.run("window.reached = new Set()");
    for (int i = 0; i < all; i++) {
      browser.press("Tab");
      assertThat(
              browser
                  .run(
                      "(() => { const one = document.activeElement; window.reached.add(one);"
                          + " const style = getComputedStyle(one); const box ="
                          + " one.getBoundingClientRect(); const bar ="
                          + " document.getElementById('bar').getBoundingClientRect();"
                          + " if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth)"
                          + " < 1) return 'no sign of the focus: ' + one.outerHTML;"
                          + " if (!one.closest('#bar, .skip') && box.top < bar.bottom - 1) return"
                          + " 'hidden by the bar: ' + one.outerHTML; return ''; })()")
                  .asText())
          .isEmpty();
    }
    assertThat(browser.run("window.reached.size").asInt()).isEqualTo(all);
  }

  @Test
  void aDecisionIsMadeByKeysAloneAndTheFocusComesBack() throws Exception {
    browser.look(1200, 820, true);
    open(alone, Map.entry("/decisions", "Decisions in force"));
    String button = "document.querySelector('[data-action=hold][data-subject=peer-1]')";
    browser.await(button + " !== null", SOON);
    browser.run(button + ".focus()");
    browser.press("Enter");
    browser.await("document.querySelector('dialog .plan li') !== null", SOON);
    assertThat(faults()).isEmpty();
    assertThat(browser.run("document.activeElement.id").asText()).isEqualTo("reason");
    browser.press("Escape");
    browser.await("!document.getElementById('dialog').open", SOON);
    assertThat(browser.run("document.activeElement === " + button).asBoolean()).isTrue();
    assertThat(alone.decided()).isEmpty();

    browser.press("Enter");
    browser.await("document.querySelector('dialog .plan li') !== null", SOON);
    browser.type("by keys alone");
    browser.press("Enter");
    browser.awaitText("Hold peer-1: decided", SOON);
    assertThat(alone.decided()).hasSize(1);
  }

  /** As peers or sites do when their figures come: Enter would do nothing any more. */
  @Test
  void aRowThatMovesKeepsTheFocus() throws Exception {
    open(alone, Map.entry("/decisions", "Decisions in force"));

    String focused =
        """
        (async () => {
          const page = document.querySelector('script[type=module]').src;
          const { h, show } = await import(page.replace('main.js', 'dom.js'));
          const place = document.querySelector('main').appendChild(h('div'));
          const rows = (...names) => names.map((name) => h('button', { 'data-key': name }, name));
          show(place, rows('peer-1', 'peer-2'));
          place.lastChild.focus();
          show(place, rows('peer-2', 'peer-1'));
          return document.activeElement.textContent;
        })()
        """;
    assertThat(browser.run(focused).asText()).isEqualTo("peer-2");
  }

  @Test
  void keysMoveBetweenRowsOpenThemGoToViewsAndListThemselves() throws Exception {
    browser.look(1200, 820, false);
    open(hub.page, Map.entry("/sites", "coming"));
    browser.await("document.querySelectorAll('main a[data-row]').length === 2", SOON);
    browser.run("document.activeElement.blur()");
    String row =
        "[...document.querySelectorAll('main a[data-row]')].indexOf(document.activeElement)";
    for (Map.Entry<String, Integer> step :
        List.of(Map.entry("j", 0), Map.entry("j", 1), Map.entry("j", 1), Map.entry("k", 0))) {
      browser.press(step.getKey());
      assertThat(browser.run(row).asInt()).isEqualTo(step.getValue());
    }
    browser.press("Enter");
    browser.await("location.pathname === '/site'", SOON);
    browser.press("g");
    browser.press("n");
    browser.await("location.pathname === '/'", SOON);
    browser.press("?");
    browser.awaitText("next and previous row", SOON);
    assertThat(faults()).isEmpty();
    browser.press("Escape");
    browser.await("!document.getElementById('dialog').open", SOON);
  }

  @Test
  void theFormOfWhoIsToLogInHasNamesToo() throws Exception {
    Path tokens =
        Files.writeString(
            folder.resolve("tokens.yaml"),
            "tokens:\n  - {name: a, sha256: \""
                + "0".repeat(64)
                + "\", scopes: [pins, look-up],"
                + " repositories: [\"**\"]}\n");
    try (PageBed bed =
        new PageBed(folder, ", tokens-file: \"" + tokens + "\"", PEERS, Clock.systemUTC())) {
      browser.look(NARROW, 640, true);
      browser.open(bed.at("/"));
      browser.awaitText("Token or password", SOON);
      assertThat(faults()).isEmpty();
      assertThat(browser.run("document.documentElement.scrollWidth").asInt())
          .isLessThanOrEqualTo(NARROW);
    }
  }
}
