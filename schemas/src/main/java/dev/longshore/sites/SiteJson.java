package dev.longshore.sites;

import dev.longshore.events.EventJson;
import dev.longshore.events.MalformedEventException;

/** The bodies of this package as JSON, by the same rules as records: {@link EventJson}. */
public final class SiteJson {
  private SiteJson() {}

  /**
   * Writes a body on one line, without a line feed.
   *
   * @throws MalformedEventException when it takes more than {@link EventJson#LIMIT} bytes
   */
  public static byte[] write(Object body) throws MalformedEventException {
    return EventJson.writeBody(body);
  }

  /**
   * Reads a body.
   *
   * @throws MalformedEventException as {@link EventJson#read(byte[], Class)}
   */
  public static <T> T read(byte[] json, Class<T> bodyClass) throws MalformedEventException {
    return EventJson.readBody(json, bodyClass);
  }
}
