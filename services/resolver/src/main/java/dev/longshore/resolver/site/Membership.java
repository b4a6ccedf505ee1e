package dev.longshore.resolver.site;

import dev.longshore.model.ImageDag;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.site.SiteFolder.Identity;
import dev.longshore.resolver.site.hub.HubClient;
import dev.longshore.resolver.site.hub.HubException;
import dev.longshore.resolver.site.hub.HubException.Kind;
import dev.longshore.resolver.site.hub.HubKeys;
import dev.longshore.sites.Admission;
import dev.longshore.sites.Group;
import dev.longshore.sites.Leaves;
import dev.longshore.sites.Report;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's membership of its site: shows its credential to hubs, renews it in time, and trusts the
 * keys that came with it. Uses one hub at a time, and the next one when it is away.
 */
final class Membership implements DagFetch.Hubs, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

  /**
   * A credential of later than that came while a hub's clock was ahead: half its time is nothing.
   */
  private static final Duration CLOCKS = Duration.ofHours(1);

  private final SiteFolder folder;
  private final List<HubClient> clients;
  private final Supplier<@Nullable Group> group;
  private final boolean sharesLine;
  private volatile Identity identity;
  private volatile String credential;
  private volatile HubKeys keys;
  private volatile int current;

  /** Whether a credential was asked for because there are no keys of the site's nodes yet. */
  private boolean keysAsked;

  /**
   * @param hubs their addresses
   * @param line told of bytes over the line
   * @param sharesLine whether the node has neighbors
   */
  Membership(
      SiteFolder folder,
      Identity identity,
      List<URI> hubs,
      LongConsumer line,
      Supplier<@Nullable Group> group,
      boolean sharesLine)
      throws IOException {
    this.sharesLine = sharesLine;
    this.folder = folder;
    this.identity = identity;
    this.credential = folder.credential();
    this.keys = new HubKeys(identity.keys());
    this.group = group;
    SSLContext tls = folder.tls();
    this.clients = hubs.stream().map(hub -> new HubClient(hub, site(), tls, line)).toList();
  }

  SiteName site() {
    return new SiteName(identity.site());
  }

  HubKeys keys() {
    return keys;
  }

  private HubClient client() {
    return clients.get(current);
  }

  @Override
  public void next() {
    current = (current + 1) % clients.size();
  }

  InputStream changes(@Nullable String after, Duration wait, String nonce, @Nullable Report report)
      throws HubException, InterruptedException {
    return client().changes(credential, after, wait, nonce, report);
  }

  @Override
  public InputStream nodes(ImageDag dag, List<ImageDag> have)
      throws HubException, InterruptedException {
    return client().nodes(credential, dag, have);
  }

  @Override
  public InputStream leaves(ImageDag dag, Leaves leaves, Duration stall)
      throws HubException, InterruptedException {
    return client().leaves(credential, dag, leaves, stall);
  }

  @Override
  public @Nullable Long bytesPerSecond(ImageDag dag) {
    Group known = group.get();
    return known == null ? null : known.bytesPerSecond();
  }

  /** Renews the credential when half of its time is over. */
  void renewInTime(Instant now) throws HubException, InterruptedException {
    Duration whole = Duration.between(identity.admittedAt(), identity.expiresAt());
    boolean ahead = identity.admittedAt().isAfter(now.plus(CLOCKS));
    boolean early = now.isBefore(identity.admittedAt().plus(whole.dividedBy(2)));
    if (!ahead && early && !lacksKeys()) {
      return;
    }
    try {
      folder.requireRoom();
    } catch (IOException e) {
      throw notKept(e);
    }
    Admission next = client().renew(credential, keys);
    if (!next.site().equals(site())) {
      throw new HubException(
          Kind.WRONG, "hub: the next credential is for site " + next.site() + "; it is not used");
    }
    try {
      HubKeys newKeys = new HubKeys(next.keys());
      identity = folder.admit(next, identity.node(), identity.hub(), now);
      credential = next.credential();
      keys = newKeys;
      LOG.info("the credential of site {} is renewed until {}", site(), next.expiresAt());
    } catch (IllegalArgumentException e) {
      throw new HubException(Kind.WRONG, "hub: " + e.getMessage() + "; it is not used", e);
    } catch (IOException e) {
      throw notKept(e);
    }
  }

  /** A node that joined at an earlier release has none; a hub of that release gives none. */
  private boolean lacksKeys() {
    boolean lacks = sharesLine && !keysAsked && folder.neighborTls().isEmpty();
    keysAsked |= lacks;
    return lacks;
  }

  private static HubException notKept(IOException e) {
    return new HubException(Kind.AWAY, "renew the credential: it cannot be kept: " + e, e);
  }

  @Override
  public void close() {
    clients.forEach(HubClient::close);
  }
}
