package dev.longshore.testing;

import java.nio.charset.StandardCharsets;

/**
 * One input of an attack.
 *
 * @param what what is wrong with it, for messages
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record HostileInput(String what, byte[] bytes) {
  public static HostileInput of(String what, String text) {
    return new HostileInput(what, text.getBytes(StandardCharsets.UTF_8));
  }
}
