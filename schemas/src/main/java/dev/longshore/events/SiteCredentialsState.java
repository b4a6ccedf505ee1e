package dev.longshore.events;

import dev.longshore.model.Digest;
import dev.longshore.model.SiteName;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may speak to hubs as a site, and what people asked of the site. Never holds a credential,
 * only what one is recognized by.
 *
 * @param site the site
 * @param group name of the group in the hubs' settings whose rules and line are the site's
 * @param credentials those that are good until they expire, at most {@link #LIMIT}
 * @param revokedAt hub's clock when the site was shut out; none if it was not
 * @param changedAt hub's clock at the last change
 * @param paused since when, and how long, the site is to fetch nothing that nobody asks for; none
 *     if it is not
 * @param syncAt hub's clock when the site was last asked to try at once what waits; none if never
 * @param since hub's clock when the site was let in, anew if it was revoked; none of one that an
 *     earlier release let in
 */
public record SiteCredentialsState(
    SiteName site,
    String group,
    List<Credential> credentials,
    @Nullable Instant revokedAt,
    Instant changedAt,
    @Nullable Pause paused,
    @Nullable Instant syncAt,
    @Nullable Instant since)
    implements State {
  /** One in use, the one that takes its place, and tokens of nodes that are about to join. */
  public static final int LIMIT = 16;

  public SiteCredentialsState {
    credentials = List.copyOf(credentials);
  }

  /** A site without requests from operators. */
  public SiteCredentialsState(
      SiteName site,
      String group,
      List<Credential> credentials,
      @Nullable Instant revokedAt,
      Instant changedAt) {
    this(site, group, credentials, revokedAt, changedAt, null, null, null);
  }

  /** Whether it is to fetch nothing that nobody asks for. */
  public boolean isPaused(Instant now) {
    return paused != null && (paused.until() == null || now.isBefore(paused.until()));
  }

  /**
   * A pause.
   *
   * @param since hub's clock when somebody asked for it
   * @param until when it ends; none if somebody has to end it
   */
  public record Pause(Instant since, @Nullable Instant until) {}

  @Override
  public String key() {
    return site.text();
  }

  /**
   * What a credential is recognized by.
   *
   * @param hash digest of its bytes, which are random and at least 32
   * @param singleUse whether it is a token to join with, which is good once
   * @param issuedAt hub's clock
   * @param expiresAt when it is good no longer
   * @param node name of the node that has it; none of a token
   * @param joinedAt when that node joined, by the hub's clock; none of a token
   */
  public record Credential(
      Digest hash,
      boolean singleUse,
      Instant issuedAt,
      Instant expiresAt,
      @Nullable String node,
      @Nullable Instant joinedAt) {
    /** A token to join with. */
    public static Credential token(Digest hash, Instant issuedAt, Instant expiresAt) {
      return new Credential(hash, true, issuedAt, expiresAt, null, null);
    }
  }
}
