package dev.longshore.bench.edge;

import dev.longshore.app.hub.KafkaSiteCredentials;
import dev.longshore.bench.scale.GeneratedImages;
import dev.longshore.events.SiteCredentialsState;
import dev.longshore.events.SiteCredentialsState.Credential;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.hub.access.CredentialChanges;
import dev.longshore.resolver.hub.access.NotStoredException;
import dev.longshore.resolver.hub.access.SiteSecret;
import dev.longshore.resolver.site.hub.HubKeys;
import dev.longshore.resolver.site.hub.PinnedAuthority;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;

/** Sites that wait for changes, each with a credential of its own. */
final class Pollers implements AutoCloseable {
  private static final Duration GOOD_FOR = Duration.ofHours(12);
  private static final Duration KNOWN = Duration.ofMinutes(5);
  private static final Duration PAUSE = Duration.ofSeconds(2);

  /** As the installation's settings have it by default. */
  private static final String TOPICS = "longshore.";

  private final List<Poller> all;
  private final KafkaSiteCredentials credentials;
  private final AtomicLong heard = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile Heard listener = (_, _) -> {};

  /** Called for each change that a poller receives. */
  @FunctionalInterface
  interface Heard {
    void heard(Poller who, String key);
  }

  private Pollers(List<Poller> all, KafkaSiteCredentials credentials) {
    this.all = List.copyOf(all);
    this.credentials = credentials;
  }

  /**
   * Writes what a hub would have left when they had joined, and waits until the hub knows them.
   *
   * @param port of the hub, or of what leads there
   */
  static Pollers joined(HubProcess hub, int port, String group, int count)
      throws IOException, InterruptedException {
    URI url = hub.url(port);
    SSLContext tls = PinnedAuthority.trusting(hub.certificate());
    HubKeys keys = new HubKeys(List.of(hub.key()));
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    List<Poller> all = new ArrayList<>();
    List<SiteCredentialsState> states = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SiteName site = new SiteName("%s-%03d".formatted(group, i));
      SiteSecret secret = SiteSecret.token();
      states.add(
          new SiteCredentialsState(
              site,
              group,
              List.of(new Credential(secret.hash(), false, now, now.plus(GOOD_FOR), "main", now)),
              null,
              now));
      all.add(new Poller(site, secret.reveal(), keys, url, tls));
    }
    GeneratedImages.write(hub.kafka(), states.iterator());
    Pollers pollers =
        new Pollers(
            all,
            new KafkaSiteCredentials(
                new KafkaSettings(List.of(hub.kafka()), TOPICS, null, null, null, false, List.of()),
                "bench",
                Clock.systemUTC()));
    pollers.awaitKnown();
    return pollers;
  }

  /** The hub has read of all of them, and what names show. */
  private void awaitKnown() throws IOException, InterruptedException {
    for (Poller each : List.of(all.getFirst(), all.getLast())) {
      each.persistently(Poller::snapshot, KNOWN);
    }
  }

  List<Poller> all() {
    return all;
  }

  void tell(Heard next) {
    listener = next;
  }

  /** They wait for changes from now on, until this is closed or they are refused. */
  void begin() {
    all.forEach(poller -> threads.execute(() -> run(poller)));
  }

  private void run(Poller poller) {
    while (!threads.isShutdown()) {
      try {
        poller
            .changes(true)
            .forEach(
                line -> {
                  heard.incrementAndGet();
                  if (line.change() != null) {
                    listener.heard(poller, line.change().served().key());
                  }
                });
      } catch (IOException e) {
        if (threads.isShutdown()) {
          return;
        }
        failed.incrementAndGet();
        try {
          TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
        } catch (InterruptedException ended) {
          return;
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Shuts one out, as the command does. */
  void revoke(Poller poller) throws NotStoredException, InterruptedException {
    Instant now = Instant.now();
    credentials.<RuntimeException>change(
        poller.site(), current -> current.map(state -> CredentialChanges.revoked(state, now)));
  }

  /** Changes that all of them heard together. */
  long heard() {
    return heard.get();
  }

  /** Requests that had no answer. */
  long failed() {
    return failed.get();
  }

  @Override
  public void close() {
    threads.shutdownNow();
    all.forEach(Poller::close);
    threads.close();
  }
}
