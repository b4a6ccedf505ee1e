package dev.longshore.app.ops;

import dev.longshore.settings.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who is logged in, in memory: a restart logs everybody out. A session keeps what was shown to log
 * in, and not the rights that it gave, so that a token that is withdrawn ends its sessions.
 */
final class Sessions {
  private static final int ID_BYTES = 32;

  private final Limits limits;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  /** By hash of the id, the one that was used longest ago first. */
  private final Map<String, Session> sessions = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Limits of sessions.
   *
   * @param all at once; one more ends the one that was used longest ago
   * @param ofEach of one caller
   * @param whole from the login on
   * @param unused since the last request; a page that is open asks every few seconds
   */
  record Limits(int all, int ofEach, Duration whole, Duration unused) {
    /** A shift, and a long lunch. */
    static final Limits USUAL = new Limits(256, 16, Duration.ofHours(12), Duration.ofHours(2));
  }

  private static final class Session {
    final String caller;
    final Secret authorization;
    final Instant began;
    Instant used;

    Session(String caller, String authorization, Instant began) {
      this.caller = caller;
      this.authorization = new Secret(authorization);
      this.began = began;
      this.used = began;
    }
  }

  Sessions(Limits limits, InstantSource clock) {
    this.limits = limits;
    this.clock = clock;
  }

  /**
   * Begins a session.
   *
   * @param authorization the header that admitted the caller
   * @return its id, which only the caller gets to know
   */
  synchronized String begin(String caller, String authorization) {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    String id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    Instant now = clock.instant();
    sessions.values().removeIf(session -> isOver(session, now));
    while (count(caller) >= limits.ofEach()) {
      endOldest(caller);
    }
    while (sessions.size() >= limits.all()) {
      sessions.remove(sessions.keySet().iterator().next());
    }
    sessions.put(hash(id), new Session(caller, authorization, now));
    return id;
  }

  /** The header that admits the caller of this session; empty if there is none. */
  synchronized Optional<String> authorization(String id) {
    String hash = hash(id);
    Session session = sessions.get(hash);
    if (session == null) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    if (isOver(session, now)) {
      sessions.remove(hash);
      return Optional.empty();
    }
    session.used = now;
    return Optional.of(session.authorization.reveal());
  }

  synchronized void end(String id) {
    sessions.remove(hash(id));
  }

  synchronized int size() {
    return sessions.size();
  }

  private boolean isOver(Session session, Instant now) {
    return !now.isBefore(session.began.plus(limits.whole()))
        || !now.isBefore(session.used.plus(limits.unused()));
  }

  private long count(String caller) {
    return sessions.values().stream().filter(session -> session.caller.equals(caller)).count();
  }

  private void endOldest(String caller) {
    sessions.entrySet().stream()
        .filter(entry -> entry.getValue().caller.equals(caller))
        .findFirst()
        .map(Map.Entry::getKey)
        .ifPresent(sessions::remove);
  }

  /** Looking an id up by its hash takes as long for a wrong one, however it begins. */
  private static String hash(String id) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
