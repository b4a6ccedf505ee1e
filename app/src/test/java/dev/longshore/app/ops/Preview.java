package dev.longshore.app.ops;

import static dev.longshore.catalog.testing.Samples.dag;
import static dev.longshore.catalog.testing.Samples.digest;

import dev.longshore.app.browser.Chromium;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.AbsenceReason;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.ImageState;
import dev.longshore.events.Origin;
import dev.longshore.events.PeerPhase;
import dev.longshore.events.PeerState;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.ServedState;
import dev.longshore.events.SiteCredentialsState;
import dev.longshore.events.SiteState;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.model.PeerName;
import dev.longshore.model.SiteName;
import dev.longshore.model.Tag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Looks at the page with data that nobody has: for those who work on its look. */
public final class Preview {
  private static final String[] REPOSITORIES = {
    "payments/api",
    "payments/worker",
    "storefront/web",
    "library/nginx",
    "ml/embedding-server-with-a-rather-long-name/gpu-cuda12-runtime",
    "edge/collector",
    "infra/otel-collector-contrib",
    "team-blue/services/very/deep/path/that/goes/on/checkout"
  };

  private Preview() {}

  static final Instant NOW = Instant.now();

  public static void fill(PageBed bed) {
    int n = 0;
    for (String repository : REPOSITORIES) {
      for (int v = 1; v <= 6; v++) {
        n++;
        Instant pushed = NOW.minusSeconds(3600L * n);
        ImageState sample = Samples.image(n);
        ImageState image =
            new ImageState(
                sample.digest(),
                sample.recipe(),
                sample.mode(),
                sample.mediaType(),
                sample.imageDag(),
                sample.root(),
                sample.manifest(),
                List.of("linux/amd64", "linux/arm64"),
                12,
                180_000_000L + n * 7_000_001L,
                List.of(),
                new PeerName("peer-1"),
                Samples.name(repository),
                pushed.plusMillis(2310),
                null,
                null,
                sample.evidence());
        TagState tag =
            new TagState(
                Samples.name(repository),
                new Tag("v1." + v),
                digest(n),
                sample.mediaType(),
                1234,
                List.of(),
                false,
                Origin.WEBHOOK,
                pushed.plusMillis(12),
                pushed.plusMillis(95),
                List.of(
                    new TagState.Version(
                        digest(n + 500),
                        Origin.POLL,
                        pushed.minusSeconds(90000),
                        pushed.minusSeconds(89000),
                        pushed,
                        null)),
                pushed,
                new TagState.Notified("harbor", pushed));
        int verified = n % 11 == 0 ? 0 : n % 7 == 0 ? 1 : n % 5 == 0 ? 2 : 3;
        List<CopiesState.Copy> copies = new ArrayList<>();
        for (int p = 1; p <= 3; p++) {
          copies.add(
              new CopiesState.Copy(
                  new PeerName("peer-" + p),
                  p <= verified
                      ? CopyPhase.VERIFIED
                      : p == 3 && n % 7 == 0 ? CopyPhase.FAILED : CopyPhase.COPYING,
                  image.bytes(),
                  p <= verified
                      ? null
                      : "pin/add at http://10.0.4.1"
                          + p
                          + ":5001: no progress for 60 s; the peer is slow or its line is, look at"
                          + " its log",
                  1,
                  null,
                  pushed.plusSeconds(4)));
        }
        PinState pin =
            new PinState(
                dag(n),
                3,
                List.of(),
                new PeerName("peer-1"),
                verified == 3,
                pushed.plusSeconds(5),
                2,
                verified,
                verified > 0 ? pushed.plusMillis(3120) : null,
                null,
                verified == 3 ? pushed.plusMillis(6400) : null,
                PinPhase.KEPT,
                pushed);
        ServedState served =
            new ServedState(
                tag.name(),
                tag.tag(),
                tag.digest(),
                null,
                verified == 0
                    ? List.of()
                    : List.of(
                        new ServedState.Result(
                            image.mode(),
                            tag.digest(),
                            tag.digest(),
                            image.imageDag(),
                            image.root(),
                            image.bytes(),
                            pushed,
                            pushed.plusMillis(95),
                            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                            pushed.plusMillis(3300))),
                null,
                null,
                pushed.plusMillis(3300));
        bed.put(tag, image, new CopiesState(dag(n), copies), pin, served);
      }
    }
    bed.put(
        peer("peer-1", "fra", PeerPhase.UP, 700, 1000, false, false),
        peer("peer-2", "ams", PeerPhase.UP, 60, 1000, true, false),
        peer("peer-3", "waw", PeerPhase.AWAY, 512, 1000, false, false),
        peer("peer-4", "dub", PeerPhase.UP, 900, 2000, false, true));
    bed.put(
        DecisionState.of(
            "hold-peer-2",
            new Decision.Hold(new PeerName("peer-2"), null),
            "alice@example.com",
            "disk is being replaced, ticket OPS-1432",
            NOW.minusSeconds(4000),
            NOW.plusSeconds(9000)),
        DecisionState.of(
            "drain-peer-4",
            new Decision.Drain(new PeerName("peer-4"), null),
            "bob@example.com",
            "moves to another rack",
            NOW.minusSeconds(86000),
            null),
        DecisionState.of(
            "forget-1",
            new Decision.Forget(Samples.REGISTRY + "/payments/api:v0.9", List.of(digest(900))),
            "alice@example.com",
            "a key of the payment provider was in a layer",
            NOW.minusSeconds(250000),
            null));
    bed.fail(
        new WorkFailure(
            Samples.REGISTRY + "/payments/worker:v1.2",
            "convert",
            WorkFailure.Kind.PERMANENT,
            "DIGEST_MISMATCH",
            null,
            "pulling blob " + digest(9) + ": the bytes have another digest; push the image again",
            0,
            NOW.minusSeconds(340),
            null));
    bed.fail(
        new WorkFailure(
            Samples.REGISTRY + "/storefront/web:v1.3",
            "convert",
            WorkFailure.Kind.TRANSIENT,
            "TRANSIENT",
            "registry localhost:5055",
            "GET http://localhost:5055/v2/storefront/web/manifests/v1.3: 503 Service Unavailable;"
                + " the registry is busy",
            7,
            NOW.minusSeconds(31),
            NOW.plusSeconds(42)));
    bed.fail(
        new WorkFailure(
            Samples.REGISTRY + "/evil/\u202egnp.exe<img src=x onerror=alert(1)>",
            "observe",
            WorkFailure.Kind.PERMANENT,
            "MANIFEST_INVALID",
            null,
            "</script><script>alert(1)</script> manifest says \u001b[31mred\u001b[0m and"
                + " \u202ereversed\u202c text",
            0,
            NOW.minusSeconds(999),
            null));
    Map<String, State> credentials = new LinkedHashMap<>();
    Map<String, State> reports = new LinkedHashMap<>();
    for (int s = 1; s <= 40; s++) {
      SiteName site = new SiteName("store-%03d".formatted(s));
      SiteCredentialsState state =
          new SiteCredentialsState(
              site,
              s % 3 == 0 ? "warehouses" : "shops",
              List.of(
                  new SiteCredentialsState.Credential(
                      digest(s),
                      false,
                      NOW.minusSeconds(900000),
                      NOW.plusSeconds(900000),
                      "node-1",
                      NOW.minusSeconds(900000))),
              s == 40 ? NOW.minusSeconds(7000) : null,
              NOW.minusSeconds(900000));
      credentials.put(state.key(), state);
      if (s % 13 != 0) {
        boolean behind = s % 9 == 0;
        SiteState report =
            new SiteState(
                site,
                "node-1",
                "main",
                NOW.minusSeconds(900000),
                17,
                "0.2.0",
                "",
                NOW.minusSeconds(s % 17 == 0 ? 20000 : 60L * s),
                NOW.minusSeconds(s % 17 == 0 ? 20000 : 60L * s),
                new SiteState.Amount(48 - (behind ? s % 5 + 1 : 0), 9_000_000_000L),
                new SiteState.Amount(behind ? s % 5 + 1 : 0, behind ? 400_000_000L : 0),
                behind ? NOW.minusSeconds(1000L * s) : null,
                7_000_000_000L,
                40_000_000_000L,
                64_000_000_000L,
                behind
                    ? List.of(
                        new SiteState.Count(AbsenceReason.FAILED, 1, 200_000_000L),
                        new SiteState.Count(AbsenceReason.WINDOW, s % 5, 200_000_000L))
                    : List.of(),
                behind
                    ? List.of(
                        new SiteState.Absence(
                            Samples.REGISTRY + "/payments/api:v1.3",
                            AbsenceReason.FAILED,
                            "GET https://hub.example:5443/v1/sites/store/dags: connection reset"
                                + " after 12 MiB",
                            NOW.plusSeconds(33)),
                        new SiteState.Absence(
                            Samples.REGISTRY
                                + "/ml/embedding-server-with-a-rather-long-name/gpu-cuda12-runtime:v1.5",
                            AbsenceReason.WINDOW,
                            null,
                            NOW.plusSeconds(20000)))
                    : List.of());
        reports.put(report.key(), report);
      }
    }
    bed.siteCredentials(credentials);
    bed.siteReports(reports);
  }

  private static PeerState peer(
      String name,
      String zone,
      PeerPhase phase,
      long free,
      long total,
      boolean hold,
      boolean drain) {
    return new PeerState(
        new PeerName(name),
        "12D3KooW" + name,
        List.of("/ip4/10.0.4.1/tcp/4001"),
        zone,
        phase,
        NOW.minusSeconds(phase == PeerPhase.UP ? 900000 : 420),
        null,
        hold ? NOW.minusSeconds(4000) : null,
        drain ? NOW.minusSeconds(86000) : null,
        free << 30,
        total << 30,
        null,
        null);
  }

  static final String MORE =
      """
      registries: [{name: dev, host: "localhost:5055"}]
      peers:
        - {name: peer-1, zone: fra, rpc: "http://127.0.0.1:1", gateway: "http://127.0.0.1:11"}
        - {name: peer-2, zone: ams, rpc: "http://127.0.0.1:2", gateway: "http://127.0.0.1:12"}
        - {name: peer-3, zone: waw, rpc: "http://127.0.0.1:3", gateway: "http://127.0.0.1:13"}
        - {name: peer-4, zone: dub, rpc: "http://127.0.0.1:4", gateway: "http://127.0.0.1:14"}
      """;

  public static void main(String[] arguments) throws Exception {
    Path out = Path.of(arguments[0]);
    try (PageBed bed =
            new PageBed(
                Files.createTempDirectory("page"),
                arguments.length > 1 ? arguments[1] : "",
                MORE,
                Clock.systemUTC());
        Chromium browser = new Chromium()) {
      fill(bed);
      String image = "/image?ref=" + Samples.REGISTRY + "/payments/api:v1.3";
      browser.look(1440, 1000, false);
      browser.open(bed.at("/"));
      browser.awaitText("Short of copies", Duration.ofSeconds(20));
      browser.await("document.querySelector('.queues .problem') !== null", Duration.ofSeconds(20));
      browser.picture(out.resolve("now-light.png"));
      browser.look(1440, 1000, true);
      browser.picture(out.resolve("now-dark.png"));
      browser.look(390, 1400, false);
      browser.picture(out.resolve("now-phone.png"));
      browser.look(1440, 900, true);
      browser.open(bed.at(image));
      browser.awaitText("Its way", Duration.ofSeconds(20));
      browser.awaitText("copy", Duration.ofSeconds(20));
      browser.picture(out.resolve("image-dark.png"));
      browser.look(390, 1400, true);
      browser.picture(out.resolve("image-phone.png"));
      browser.look(1440, 700, false);
      for (String view :
          List.of("sites", "site?name=store-009", "failures", "decisions", "search?text=pay")) {
        browser.open(bed.at("/" + view));
        browser.await("document.querySelector('main h1') !== null", Duration.ofSeconds(20));
        browser.picture(out.resolve(view.replaceAll("\\?.*", "") + ".png"));
      }
      browser.open(bed.at("/decisions"));
      browser.await(
          "document.querySelector('[data-action=drain]') !== null", Duration.ofSeconds(20));
      browser.run("document.querySelector('[data-action=drain]').click()");
      browser.await(
          "document.querySelector('.plan li, .plan .problem') !== null", Duration.ofSeconds(20));
      browser.picture(out.resolve("dialog.png"));
      System.out.println(browser.complaints());
    }
  }
}
