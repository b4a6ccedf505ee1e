package dev.longshore.app.sites;

import dev.longshore.app.KafkaConnection;
import dev.longshore.app.Version;
import dev.longshore.app.hub.KafkaSiteCredentials;
import dev.longshore.app.parts.DevelopmentHome;
import dev.longshore.app.parts.OwnerFiles;
import dev.longshore.app.parts.Ports;
import dev.longshore.app.parts.Together;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.Topic;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.hub.access.CredentialChanges;
import dev.longshore.resolver.hub.access.NotStoredException;
import dev.longshore.resolver.hub.access.SigningKeys;
import dev.longshore.resolver.hub.access.SiteChangeException;
import dev.longshore.resolver.hub.access.SiteSecret;
import dev.longshore.resolver.hub.settings.SitesSettings;
import dev.longshore.resolver.site.Joining;
import dev.longshore.resolver.site.Joining.Invitation;
import dev.longshore.resolver.site.SiteFolder;
import dev.longshore.resolver.site.hub.HubException;
import dev.longshore.runtime.kafka.follow.StateFollower;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.service.lifecycle.Part;
import dev.longshore.sites.SigningKey;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Sites beside a development run, which joins them to its hub as {@code site add} and {@code site
 * join} do. Each has a home below that of the run, its own Kubo, and no Kafka.
 */
public final class DevelopmentSites implements Part {
  private static final Clock CLOCK = Clock.systemUTC();

  /** It is used at once. */
  private static final Duration TOKEN_FOR = Duration.ofMinutes(1);

  private static final Duration JOIN = Duration.ofSeconds(40);
  private static final Duration PAUSE = Duration.ofMillis(500);

  /** Of one that shows its credential instead. */
  private static final String NO_TOKEN = "none";

  private final Ports ports;
  private final Settings hub;
  private final Path ipfs;
  private final StateFollower reports;
  private final List<DevelopmentSite> sites = new ArrayList<>();
  private final Part all;

  /**
   * Wires them without starting them.
   *
   * @param count so many
   * @param hub settings of the run, with a group of {@link DevelopmentHome#SITES}
   * @param catalog of the hub
   * @param ipfs Kubo's program
   * @param listener hears what arrives
   */
  public DevelopmentSites(
      int count,
      DevelopmentHome home,
      Ports ports,
      Settings hub,
      Catalog catalog,
      Path ipfs,
      Consumer<Arrival> listener) {
    this.ports = ports;
    this.hub = hub;
    this.ipfs = ipfs;
    Arrivals arrivals = new Arrivals(catalog, CLOCK.instant(), listener);
    KafkaSettings kafka = hub.shared().kafka();
    this.reports =
        new StateFollower(
            KafkaConnection.of(kafka), kafka.topicPrefix(), Topic.SITES, arrivals::know, CLOCK);
    for (int n = 1; n <= count; n++) {
      sites.add(new DevelopmentSite(home.site(n), ports.site(n)));
    }
    this.all = new Together(sites.stream().<Part>map(Starting::new).toList());
  }

  /** Joins a site first. */
  private final class Starting implements Part {
    private final DevelopmentSite site;

    private Starting(DevelopmentSite site) {
      this.site = site;
    }

    @Override
    public String name() {
      return site.name();
    }

    @Override
    public void start() throws Exception {
      join(site);
      site.start();
    }

    @Override
    public void stop(Duration drain) throws Exception {
      site.stop(drain);
    }
  }

  @Override
  public String name() {
    return all.name();
  }

  /** Joins those that have not joined, and starts all. */
  @Override
  public void start() throws Exception {
    reports.start();
    try {
      all.start();
    } catch (Exception e) {
      reports.close();
      throw e;
    }
  }

  @Override
  public void stop(Duration drain) throws Exception {
    stopReading();
    all.stop(drain);
  }

  /** The hub ends, and the sites go on. */
  public void stopReading() {
    reports.close();
  }

  /** Where machines of site n pull, 1 being the first. */
  public String resolver(int n) {
    return "localhost:" + ports.site(n).resolver();
  }

  /** How many there are. */
  public int count() {
    return sites.size();
  }

  private void join(DevelopmentSite site) throws Exception {
    OwnKubo kubo = site.kubo(ipfs);
    kubo.make();
    SitesSettings settings = hub.sites();
    if (settings == null) {
      throw new IOException("sites: no settings (expected: those of the development run)");
    }
    SiteFolder folder = new SiteFolder(site.home());
    Joining joining = new Joining(folder, Version.NUMBER, CLOCK);
    SigningKey key =
        SigningKeys.open(settings.signingKeyFile(), settings.earlierSigningKeyFiles()).current();
    Invitation invitation = invitation(settings, site, NO_TOKEN, key);
    if (!joining.renew(invitation)) {
      long end = System.nanoTime() + JOIN.toNanos();
      while (!joined(joining, settings, site, key, end)) {
        TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
      }
    }
    OwnerFiles.write(
        site.config(),
        new SiteConfig(
                site.home(),
                invitation,
                kubo.rpc(),
                kubo.gateway(),
                kubo.repository().folder(),
                kubo.program(),
                site.ports())
            .text());
  }

  /** A hub and a Kafka that have just started, on a busy machine, may answer late. */
  private boolean joined(
      Joining joining, SitesSettings settings, DevelopmentSite site, SigningKey key, long end)
      throws IOException, SiteChangeException, NotStoredException, InterruptedException {
    try {
      joining.join(invitation(settings, site, add(site.site()), key));
      return true;
    } catch (NotStoredException e) {
      if (System.nanoTime() > end) {
        throw e;
      }
    } catch (HubException e) {
      if (e.kind() != HubException.Kind.AWAY || System.nanoTime() > end) {
        throw e;
      }
    }
    return false;
  }

  private static Invitation invitation(
      SitesSettings settings, DevelopmentSite site, String token, SigningKey key) {
    return new Invitation(settings.url(), site.site(), "main", token, null, key);
  }

  /** Its token. */
  private String add(SiteName site)
      throws SiteChangeException, NotStoredException, InterruptedException {
    SiteSecret token = SiteSecret.token();
    Instant now = CLOCK.instant().truncatedTo(ChronoUnit.SECONDS);
    new KafkaSiteCredentials(hub.shared().kafka(), "development", CLOCK)
        .change(
            site,
            current ->
                Optional.of(
                    CredentialChanges.added(
                        current, site, DevelopmentHome.SITES, token.hash(), now, TOKEN_FOR)));
    return token.reveal();
  }
}
