package dev.longshore.sites;

import dev.longshore.model.SiteName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the lines before it amount to.
 *
 * @param site the site they are for
 * @param kind whether they say all, or what changed
 * @param from the cursor that the site had; none at the beginning of a snapshot
 * @param to the cursor that it has when it has applied them, which means something to hubs alone
 * @param whole whether nothing is missing up to now: at the end of a snapshot, what it did not name
 *     is not the site's
 * @param key id of the key that signs
 * @param at hub's clock
 * @param nonce what the request sent, by which the site knows that this is no earlier answer; none
 *     if it sent nothing
 */
public record End(
    SiteName site,
    Kind kind,
    @Nullable String from,
    String to,
    boolean whole,
    String key,
    Instant at,
    @Nullable String nonce) {
  /** Characters of a nonce: 128 random bits, in base64url without padding. */
  public static final String NONCE = "[A-Za-z0-9_-]{22}";
}
