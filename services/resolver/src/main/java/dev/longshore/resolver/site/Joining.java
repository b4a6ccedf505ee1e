package dev.longshore.resolver.site;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.check.PrivacyGuard;
import dev.longshore.ipfs.kubo.FlatfsFiles;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.model.Cid;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.site.SiteFolder.Identity;
import dev.longshore.resolver.site.hub.HubAddress;
import dev.longshore.resolver.site.hub.HubClient;
import dev.longshore.resolver.site.hub.HubException;
import dev.longshore.resolver.site.hub.HubException.Kind;
import dev.longshore.resolver.site.hub.HubKeys;
import dev.longshore.resolver.site.hub.PinnedAuthority;
import dev.longshore.settings.value.Web;
import dev.longshore.sites.Admission;
import dev.longshore.sites.JoinRequest;
import dev.longshore.sites.SigningKey;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes this machine a node of a site. Checks all preconditions before it uses the one-time token.
 */
public final class Joining {
  private static final Logger LOG = LoggerFactory.getLogger(Joining.class);
  private static final Duration CALL = Duration.ofSeconds(30);

  /** No try begins later. Each ends within the minute that an answer may take. */
  private static final Duration TRIED_FOR = Duration.ofMinutes(1);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  /** A test block that nothing depends on. */
  private static final byte[] SAMPLE = "longshore site join\n".getBytes(StandardCharsets.UTF_8);

  private final SiteFolder folder;
  private final String version;
  private final InstantSource wall;
  private final LongSupplier nanos;
  private final Backoff backoff;

  /**
   * @param version of this Longshore
   */
  public Joining(SiteFolder folder, String version, InstantSource wall) {
    this(
        folder,
        version,
        wall,
        System::nanoTime,
        new Backoff(FIRST_PAUSE, LONGEST_PAUSE, RandomGenerator.getDefault()));
  }

  /**
   * @param nanos a clock that only goes on
   */
  Joining(
      SiteFolder folder, String version, InstantSource wall, LongSupplier nanos, Backoff backoff) {
    this.folder = folder;
    this.version = version;
    this.wall = wall;
    this.nanos = nanos;
    this.backoff = backoff;
  }

  /**
   * The options of a join.
   *
   * @param hub the hub's address
   * @param site the site
   * @param node the node's name within it
   * @param token one-time token; a secret
   * @param ca fingerprint of the hub's authority; the Java runtime's authorities if null
   * @param key the key that the hub must sign with; any if null
   */
  public record Invitation(
      URI hub,
      SiteName site,
      String node,
      String token,
      @Nullable String ca,
      @Nullable SigningKey key) {
    public Invitation {
      hub = HubAddress.checked(hub);
      if (!SiteName.isValid(site.text()) || !SiteName.isValid(node)) {
        throw new IllegalArgumentException(
            "site %s, node %s (expected: 1 to 63 of a-z, 0-9, dot and hyphen each)"
                .formatted(site, node));
      }
      if (ca != null) {
        var _ = new PinnedAuthority(ca);
        if (!Web.isHttps(hub)) {
          throw new IllegalArgumentException(
              "ca: " + Web.shown(hub) + " shows no certificate (expected: https)");
        }
      }
      if (key != null) {
        var _ = new HubKeys(List.of(key));
      }
    }

    @Override
    public String toString() {
      return "node " + node + " joins site " + site + " at " + hub;
    }
  }

  /**
   * A key as {@code site add} prints it.
   *
   * @param text {@code ID:BASE64URL}
   */
  public static SigningKey key(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException(
          "key: \"" + text + "\" (expected: ID:KEY, as site add prints it)");
    }
    return new SigningKey(text.substring(0, colon), text.substring(colon + 1));
  }

  /**
   * Checks the site's own node: it answers, strangers cannot reach it, and it takes blocks.
   *
   * @param repository where its blocks may lie on this machine
   * @return whether they lie there
   */
  public boolean checkNode(IpfsNode node, boolean mayBePublic, @Nullable Path repository)
      throws IOException {
    Optional<String> objection = new PrivacyGuard(CALL, wall).objection(node, mayBePublic);
    if (objection.isPresent()) {
      throw new IOException(objection.get());
    }
    Cid sample = Cid.raw(sha256(SAMPLE));
    var _ =
        node.importCar(sink -> sink.put(sample, SAMPLE, 0, SAMPLE.length), Deadline.after(CALL));
    if (!node.holds(sample, Deadline.after(CALL))) {
      throw new IOException("Kubo " + node.name() + " took a block and does not have it");
    }
    boolean here = repository != null && isThere(repository, sample);
    forget(node, sample);
    return here;
  }

  private static boolean isThere(Path repository, Cid sample) {
    FlatfsFiles files = new FlatfsFiles(repository);
    return files.readable() && files.holds(sample);
  }

  private static void forget(IpfsNode node, Cid sample) throws KuboException {
    var _ = node.removeBlock(sample, Deadline.after(CALL));
  }

  /**
   * Joins, or renews the credential if this node is of that site already.
   *
   * @return whether it joined now
   * @throws HubException when the hub cannot be reached, refuses, or is not the intended one
   */
  public boolean join(Invitation invitation) throws IOException, InterruptedException {
    Optional<Identity> before = folder.identity();
    if (before.isPresent() && !before.get().site().equals(invitation.site().text())) {
      throw new IOException(
          "this node belongs to site %s; to join %s, use another home or remove its site folder"
              .formatted(before.get().site(), invitation.site()));
    }
    if (before.isPresent() && renewed(before.get(), invitation)) {
      return false;
    }
    PinnedAuthority authority =
        invitation.ca() == null ? null : new PinnedAuthority(invitation.ca());
    SSLContext tls = authority == null ? null : authority.context();
    folder.requireRoom();
    try (HubClient client = new HubClient(invitation.hub(), invitation.site(), tls, _ -> {})) {
      HubKeys keys = invitation.key() == null ? null : new HubKeys(List.of(invitation.key()));
      JoinRequest request = new JoinRequest(invitation.node(), version);
      Admission admission = tried(() -> client.join(invitation.token(), request, keys));
      check(invitation, admission);
      if (before.isEmpty()) {
        folder.forgetStore();
      }
      folder.believe(authority == null ? Optional.empty() : authority.pem());
      var _ =
          folder.admit(
              admission, invitation.node(), invitation.hub().toString(), admission.joinedAt());
      return true;
    }
  }

  /**
   * Renews the credential of a node that is of that site already.
   *
   * @return whether it did; if not, only a token lets it in
   */
  public boolean renew(Invitation invitation) throws IOException, InterruptedException {
    Optional<Identity> before = folder.identity();
    return before.isPresent()
        && before.get().site().equals(invitation.site().text())
        && renewed(before.get(), invitation);
  }

  private static void check(Invitation invitation, Admission admission) throws HubException {
    if (!admission.site().equals(invitation.site())) {
      throw new HubException(
          Kind.WRONG,
          "hub: it admits to site " + admission.site() + ", not to " + invitation.site());
    }
    if (invitation.key() != null && !admission.keys().contains(invitation.key())) {
      throw new HubException(
          Kind.WRONG,
          "hub: it does not sign with key "
              + invitation.key().id()
              + "; this is another hub, or the line is old: let site add print a new one");
    }
    try {
      var _ = new HubKeys(admission.keys());
    } catch (IllegalArgumentException e) {
      throw new HubException(Kind.WRONG, "hub: " + e.getMessage(), e);
    }
    if (admission.keys().isEmpty()) {
      throw new HubException(Kind.WRONG, "hub: it names no key that signs its answers");
    }
  }

  /** Whether the credential that is here still counts, and is renewed. */
  private boolean renewed(Identity identity, Invitation invitation)
      throws IOException, InterruptedException {
    if (!identity.node().equals(invitation.node())
        || !identity.hub().equals(invitation.hub().toString())) {
      return false;
    }
    Optional<String> credential = folder.keptCredential();
    if (credential.isEmpty()) {
      return false;
    }
    folder.requireRoom();
    try (HubClient client =
        new HubClient(invitation.hub(), invitation.site(), folder.tls(), _ -> {})) {
      Admission admission =
          tried(() -> client.renew(credential.get(), new HubKeys(identity.keys())));
      check(invitation, admission);
      var _ =
          folder.admit(admission, invitation.node(), invitation.hub().toString(), wall.instant());
      return true;
    } catch (HubException e) {
      // Revoked, or another hub by now: the token decides.
      return false;
    }
  }

  /** A request to be let in. */
  @FunctionalInterface
  private interface Asking {
    Admission ask() throws HubException, InterruptedException;
  }

  /**
   * Asks until an answer comes, for a while: a hub on which many call at once closes connections.
   * What is good once is spent by one of these at most, as the hub lets nobody in twice.
   */
  private Admission tried(Asking asking) throws HubException, InterruptedException {
    long begun = nanos.getAsLong();
    boolean lost = false;
    for (long failures = 1; ; failures++) {
      try {
        return asking.ask();
      } catch (HubException e) {
        if (lost && e.kind() == Kind.REFUSED) {
          throw new HubException(
              Kind.REFUSED,
              e.getMessage()
                  + "; an earlier try was cut off and its answer lost, which may have spent the"
                  + " token: let site add print a new line, and join with that",
              e);
        }
        if (!mayAnswer(e) || nanos.getAsLong() - begun >= TRIED_FOR.toNanos()) {
          throw e;
        }
        lost |= mayHaveArrived(e);
        Duration pause = backoff.after(failures);
        LOG.info("asking again in {}: {}", pause, e.getMessage());
        var _ = new Signal().await(pause);
      }
    }
  }

  /** Whether the hub may have got the request; it has if it answered, and then refused nothing. */
  private static boolean mayHaveArrived(HubException failure) {
    return failure.getCause() != null
        && !(failure.getCause() instanceof SSLHandshakeException)
        && !(failure.getCause() instanceof HttpConnectTimeoutException);
  }

  /** Whether the same hub may answer in a moment: nobody listens, or another one does, is final. */
  private static boolean mayAnswer(HubException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException
          || cause instanceof UnresolvedAddressException
          || cause instanceof CertificateException) {
        return false;
      }
    }
    return failure.kind() == Kind.AWAY || failure.kind() == Kind.CUT;
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java lacks SHA-256", e);
    }
  }
}
