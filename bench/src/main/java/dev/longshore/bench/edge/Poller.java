package dev.longshore.bench.edge;

import dev.longshore.events.MalformedEventException;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.site.hub.HubClient;
import dev.longshore.resolver.site.hub.HubException;
import dev.longshore.resolver.site.hub.HubKeys;
import dev.longshore.resolver.site.hub.Segment;
import dev.longshore.resolver.site.hub.SignedChanges;
import dev.longshore.sites.ChangeLine;
import dev.longshore.sites.Report;
import dev.longshore.sites.SiteJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A site that only waits for changes: with a credential of its own, over a connection of its own.
 */
final class Poller {
  /** As a site's service does. */
  private static final Duration WAIT = Duration.ofSeconds(55);

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final SiteName site;
  private final String credential;
  private final HubKeys keys;
  private final URI hub;
  private final SSLContext tls;
  private volatile HubClient client;
  private volatile @Nullable String cursor;

  Poller(SiteName site, String credential, HubKeys keys, URI hub, SSLContext tls) {
    this.site = site;
    this.credential = credential;
    this.keys = keys;
    this.hub = hub;
    this.tls = tls;
    this.client = new HubClient(hub, site, tls, _ -> {});
  }

  SiteName site() {
    return site;
  }

  /** It knows what another one of its group knows: cursors are of the group. */
  void goOnFrom(Poller other) {
    cursor = other.cursor;
  }

  /** Ends its connections, and whatever waits on them; the next request makes another one. */
  void disconnect() {
    client.close();
    client = new HubClient(hub, site, tls, _ -> {});
  }

  /**
   * Reads all there is, and where it ends; its signatures are not looked at, as two hundred sites
   * in one process would take longer for that than the hub for its answers.
   *
   * @return the number of lines
   */
  long snapshot() throws IOException, InterruptedException {
    long lines = 0;
    String end = null;
    try (InputStream in = client.changes(credential, null, Duration.ZERO, nonce(), null);
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines++;
        end = line.startsWith("{\"end\"") ? line : end;
      }
    }
    if (end == null) {
      throw new IOException("site " + site + ": " + lines + " lines without an end");
    }
    try {
      ChangeLine last = SiteJson.read(end.getBytes(StandardCharsets.UTF_8), ChangeLine.class);
      cursor = last.end() == null ? null : last.end().to();
    } catch (MalformedEventException e) {
      throw new IOException("site " + site + ": " + e.getMessage(), e);
    }
    return lines;
  }

  /** Asks once, and waits so long; what it was told, whose signatures hold. */
  List<ChangeLine> changes(boolean waits) throws HubException, InterruptedException, IOException {
    List<ChangeLine> all = new ArrayList<>();
    try (InputStream in =
        client.changes(credential, cursor, waits ? WAIT : Duration.ZERO, nonce(), null)) {
      SignedChanges answer = new SignedChanges(in, keys);
      for (Segment part = answer.next(); part != null; part = answer.next()) {
        all.addAll(part.lines());
        cursor = part.end().to();
      }
    }
    return all;
  }

  /** Says how it is, with a request that waits for nothing. */
  void report(Report report) throws IOException, InterruptedException {
    try (InputStream in = client.changes(credential, cursor, Duration.ZERO, nonce(), report)) {
      var _ = in.transferTo(OutputStream.nullOutputStream());
    }
  }

  /** How far it was told of changes; null before the first. */
  @Nullable String cursor() {
    return cursor;
  }

  private static String nonce() {
    byte[] random = new byte[16];
    ThreadLocalRandom.current().nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  /** What a site asks for. */
  @FunctionalInterface
  interface Request {
    long of(Poller poller) throws IOException, InterruptedException;
  }

  /** As a site does, it asks again when the hub does not answer now. */
  long persistently(Request request, Duration limit) throws IOException, InterruptedException {
    long until = System.nanoTime() + limit.toNanos();
    while (true) {
      try {
        return request.of(this);
      } catch (HubException e) {
        if (System.nanoTime() > until) {
          throw e;
        }
        TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
      }
    }
  }

  void close() {
    client.close();
  }
}
