package dev.longshore.resolver.hub.access;

import dev.longshore.events.SiteCredentialsState;
import dev.longshore.events.SiteCredentialsState.Credential;
import dev.longshore.events.SiteCredentialsState.Pause;
import dev.longshore.model.Digest;
import dev.longshore.model.SiteName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Changes to a site's credentials. */
public final class CredentialChanges {
  /**
   * How long the previous credential stays valid: the answer with the next one may be lost on a
   * line that is then down for days.
   */
  static final Duration OVERLAP = Duration.ofDays(7);

  /** Credentials per node: the current one, the next one, and one whose answer was lost. */
  private static final int OF_A_NODE = 3;

  /** Limit of a site's nodes, tokens to join included. */
  static final int NODES = SiteCredentialsState.LIMIT / OF_A_NODE;

  private CredentialChanges() {}

  /**
   * Adds a token for one node to join. A revoked site starts over.
   *
   * @param token hash of the token
   * @throws SiteChangeException when the site is in another group, or has no room
   */
  public static SiteCredentialsState added(
      Optional<SiteCredentialsState> current,
      SiteName site,
      String group,
      Digest token,
      Instant now,
      Duration tokenFor)
      throws SiteChangeException {
    Optional<SiteCredentialsState> in = current.filter(state -> state.revokedAt() == null);
    if (in.isPresent() && !in.get().group().equals(group)) {
      throw new SiteChangeException(
          "site %s is in group %s (expected: --group %s; to move it: 'longshore site revoke %s',"
                  .formatted(site, in.get().group(), in.get().group(), site)
              + " then add it again)");
    }
    List<Credential> good =
        new ArrayList<>(in.map(state -> good(state, now)).orElseGet(ArrayList::new));
    if (nodes(good) + tokens(good) >= NODES) {
      throw new SiteChangeException(
          "site %s has %d nodes and %d tokens (expected: fewer than %d together; wait until one"
                  .formatted(site, nodes(good), tokens(good), NODES)
              + " expires, or revoke it and let its nodes join anew)");
    }
    good.add(Credential.token(token, now, now.plus(tokenFor)));
    return new SiteCredentialsState(
        site,
        group,
        good,
        null,
        now,
        in.map(SiteCredentialsState::paused).orElse(null),
        in.map(SiteCredentialsState::syncAt).orElse(null),
        in.isPresent() ? in.get().since() : now);
  }

  private static long nodes(List<Credential> credentials) {
    return credentials.stream().map(Credential::node).filter(n -> n != null).distinct().count();
  }

  private static long tokens(List<Credential> credentials) {
    return credentials.stream().filter(Credential::singleUse).count();
  }

  /** Revokes the site. */
  public static SiteCredentialsState revoked(SiteCredentialsState state, Instant now) {
    return new SiteCredentialsState(state.site(), state.group(), List.of(), now, now);
  }

  /**
   * A node joins: its token and its former credentials are removed.
   *
   * @param credential hash of its credential
   */
  static SiteCredentialsState joined(
      SiteCredentialsState state,
      Digest token,
      String node,
      Digest credential,
      Instant now,
      Duration credentialFor) {
    List<Credential> others =
        with(state, now, c -> !c.hash().equals(token) && !node.equals(c.node()));
    others.add(new Credential(credential, false, now, now.plus(credentialFor), node, now));
    return changed(state, others, now);
  }

  /**
   * A node gets its next credential. The one that it shows stays valid for a while; earlier ones
   * are removed. A later one may be in use, if answers crossed.
   *
   * @param next hash of its next credential
   */
  static SiteCredentialsState renewed(
      SiteCredentialsState state,
      Credential shown,
      Digest next,
      Instant now,
      Duration credentialFor) {
    List<Credential> result = with(state, now, c -> c.singleUse() || !isOf(shown.node(), c));
    // In the order of issue, since hubs' clocks differ.
    List<Credential> its = with(state, now, c -> !c.singleUse() && isOf(shown.node(), c));
    List<Credential> later = its.subList(its.indexOf(shown) + 1, its.size());
    Instant overlap = earlier(shown.expiresAt(), now.plus(OVERLAP));
    result.add(
        new Credential(
            shown.hash(), false, shown.issuedAt(), overlap, shown.node(), shown.joinedAt()));
    later.stream().skip(Math.max(0, later.size() - 1)).forEach(result::add);
    result.add(
        new Credential(next, false, now, now.plus(credentialFor), shown.node(), shown.joinedAt()));
    return changed(state, result, now);
  }

  private static boolean isOf(@Nullable String node, Credential credential) {
    return node != null && node.equals(credential.node());
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private static SiteCredentialsState changed(
      SiteCredentialsState state, List<Credential> credentials, Instant now) {
    return new SiteCredentialsState(
        state.site(),
        state.group(),
        credentials,
        state.revokedAt(),
        now,
        state.paused(),
        state.syncAt(),
        state.since());
  }

  /**
   * Pauses all but requested fetches of the site.
   *
   * @param until when it resumes; null for manually
   */
  public static SiteCredentialsState paused(
      SiteCredentialsState state, Instant now, @Nullable Instant until) {
    return with(state, now, new Pause(now, until), state.syncAt());
  }

  /** Resumes fetches. */
  public static SiteCredentialsState resumed(SiteCredentialsState state, Instant now) {
    return with(state, now, null, state.syncAt());
  }

  /** Makes the site retry waiting fetches at once. */
  public static SiteCredentialsState synced(SiteCredentialsState state, Instant now) {
    return with(state, now, state.paused(), now);
  }

  private static SiteCredentialsState with(
      SiteCredentialsState state, Instant now, @Nullable Pause paused, @Nullable Instant syncAt) {
    return new SiteCredentialsState(
        state.site(),
        state.group(),
        state.credentials(),
        state.revokedAt(),
        now,
        paused,
        syncAt,
        state.since());
  }

  private static List<Credential> good(SiteCredentialsState state, Instant now) {
    return with(state, now, _ -> true);
  }

  private static List<Credential> with(
      SiteCredentialsState state, Instant now, Predicate<Credential> which) {
    Stream<Credential> good = state.credentials().stream().filter(c -> now.isBefore(c.expiresAt()));
    return new ArrayList<>(good.filter(which).toList());
  }

  /**
   * The credential that a caller shows.
   *
   * @param token whether it must be a token rather than a credential
   * @throws RefusedException when it is not valid
   */
  static Credential shown(SiteCredentialsState state, Digest hash, boolean token, Instant now)
      throws RefusedException {
    if (state.revokedAt() != null) {
      throw new RefusedException(Refusal.REVOKED);
    }
    Credential shown = null;
    for (Credential credential : state.credentials()) {
      if (isSame(credential.hash(), hash)) {
        shown = credential;
      }
    }
    if (shown == null) {
      throw new RefusedException(Refusal.UNKNOWN);
    }
    if (shown.singleUse() != token || (!token && shown.node() == null)) {
      throw new RefusedException(Refusal.WRONG_KIND);
    }
    if (!now.isBefore(shown.expiresAt())) {
      throw new RefusedException(Refusal.EXPIRED);
    }
    return shown;
  }

  /** Compares in constant time. */
  private static boolean isSame(Digest one, Digest other) {
    return MessageDigest.isEqual(
        one.toString().getBytes(StandardCharsets.US_ASCII),
        other.toString().getBytes(StandardCharsets.US_ASCII));
  }
}
