package dev.longshore.resolver.site.hub;

import dev.longshore.events.EventJson;
import dev.longshore.events.MalformedEventException;
import dev.longshore.resolver.site.hub.HubException.Kind;
import dev.longshore.sites.ChangeLine;
import dev.longshore.sites.End;
import dev.longshore.sites.Group;
import dev.longshore.sites.SiteJson;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a hub's changes, one signed segment after another. Never returns unsigned lines: a
 * truncated answer counts up to its last signature.
 */
public final class SignedChanges {
  /** Bytes of lines that one signature may be for: a hub signs after 256 KiB and a line. */
  private static final int MOST_BYTES = 512 * 1024;

  private final InputStream in;
  private final HubKeys keys;

  /** Bytes of the lines since the last signature, as they came. */
  private final Signed signed = new Signed();

  /** Shows its bytes without a copy. */
  private static final class Signed extends ByteArrayOutputStream {
    byte[] shown() {
      return buf;
    }
  }

  public SignedChanges(InputStream in, HubKeys keys) {
    this.in = new BufferedInputStream(in);
    this.keys = keys;
  }

  /**
   * The next segment; null when the answer ends with a signature, or before any line.
   *
   * @throws HubException {@link Kind#WRONG} when the hub may not send that, {@link Kind#AWAY} when
   *     the answer breaks off
   */
  public @Nullable Segment next() throws HubException {
    signed.reset();
    @Nullable Group group = null;
    List<ChangeLine> lines = new ArrayList<>();
    @Nullable End end = null;
    for (int count = 1; count <= ChangeLine.SIGNED; count++) {
      byte[] bytes = line(count > 1);
      if (bytes == null) {
        return null;
      }
      ChangeLine line = read(bytes);
      if (line.signature() != null) {
        return vouched(group, lines, end, line.signature());
      }
      if (end != null) {
        throw wrong("a line between an end and its signature");
      }
      if (signed.size() + bytes.length >= MOST_BYTES) {
        throw wrong("no signature within " + MOST_BYTES + " bytes");
      }
      signed.writeBytes(bytes);
      signed.write('\n');
      end = line.end();
      group = line.group() == null ? group : line.group();
      if (line.change() != null || line.dropped() != null) {
        lines.add(line);
      }
    }
    throw wrong("no signature within " + ChangeLine.SIGNED + " lines");
  }

  private Segment vouched(
      @Nullable Group group, List<ChangeLine> lines, @Nullable End end, String signature)
      throws HubException {
    if (end == null) {
      throw wrong("a signature without an end before it");
    }
    if (!keys.vouchesFor(signed.shown(), signed.size(), end.key(), signature)) {
      throw wrong(
          "the signature of key "
              + end.key()
              + " does not hold; if the hub has a new key, join again");
    }
    return new Segment(group, lines, end);
  }

  private static ChangeLine read(byte[] bytes) throws HubException {
    ChangeLine line;
    try {
      line = SiteJson.read(bytes, ChangeLine.class);
    } catch (MalformedEventException e) {
      throw new HubException(Kind.WRONG, "changes: " + e.getMessage(), e);
    }
    long fields =
        Stream.of(line.group(), line.change(), line.dropped(), line.end(), line.signature())
            .filter(field -> field != null)
            .count();
    if (fields > 1) {
      throw wrong("a line with " + fields + " fields");
    }
    return line;
  }

  /** The next line without its line feed; null at the end, if that may be here. */
  private byte @Nullable [] line(boolean open) throws HubException {
    byte[] line = new byte[1024];
    int length = 0;
    try {
      for (int b = in.read(); b != '\n'; b = in.read()) {
        if (b < 0) {
          if (length > 0 || open) {
            throw new HubException(Kind.AWAY, "changes: the answer breaks off");
          }
          return null;
        }
        if (length == EventJson.LIMIT) {
          throw wrong("a line of over " + EventJson.LIMIT + " bytes");
        }
        if (length == line.length) {
          line = Arrays.copyOf(line, Math.min(2 * length, EventJson.LIMIT));
        }
        line[length++] = (byte) b;
      }
    } catch (HubException e) {
      throw e;
    } catch (IOException e) {
      throw new HubException(Kind.AWAY, "changes: the answer breaks off: " + e.getMessage(), e);
    }
    return Arrays.copyOf(line, length);
  }

  private static HubException wrong(String what) {
    return new HubException(Kind.WRONG, "changes: " + what + "; nothing of it counts");
  }
}
