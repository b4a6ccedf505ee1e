package dev.longshore.events;

import dev.longshore.model.Digest;
import java.time.Instant;

/**
 * That an image was pulled on a day. It does not matter which resolver's record is the last.
 *
 * @param digest source digest
 * @param pulledAt resolver's clock at the last pull of that day, whole minutes
 */
public record PullState(Digest digest, Instant pulledAt) implements State {
  @Override
  public String key() {
    return key(digest, pulledAt);
  }

  /** {@code digest/2026-03-01}: the day in UTC. */
  public static String key(Digest digest, Instant pulledAt) {
    String text = pulledAt.toString();
    return digest + "/" + text.substring(0, text.indexOf('T'));
  }
}
