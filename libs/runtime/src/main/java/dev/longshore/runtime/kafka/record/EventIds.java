package dev.longshore.runtime.kafka.record;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * CloudEvents ids for the effects of one message. They depend only on the message, so that handling
 * it again after a crash gives the same ids and readers recognize the repetition.
 */
public final class EventIds {
  /** 128 bits, so that ids never collide by chance. */
  private static final int ID_BYTES = 16;

  private final String cause;
  private final Map<String, Integer> seen = new HashMap<>();

  /**
   * Ids for one message.
   *
   * @param cause identifies the message: where it first arrived
   */
  EventIds(String cause) {
    this.cause = cause;
  }

  public static EventIds of(Inbound in) {
    String place =
        in.isNudge() ? in.key() + "@" + in.appendedAt() : in.partition() + "-" + in.offset();
    return new EventIds(in.topic().name("") + "-" + place);
  }

  /** The next id; a second record of one type and key within one message gets another one. */
  synchronized String next(String type, String key) {
    int count = seen.merge(type + '\n' + key, 1, Integer::sum);
    String name = String.join("\n", cause, type, key, Integer.toString(count));
    return HexFormat.of().formatHex(sha256(name), 0, ID_BYTES);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing in this Java: use a complete JDK 25", e);
    }
  }
}
