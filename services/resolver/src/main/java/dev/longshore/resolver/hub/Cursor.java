package dev.longshore.resolver.hub;

import dev.longshore.events.Topic;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * How far a site has applied changes from hubs. Any hub of the same Kafka understands it. It grants
 * nothing: a site's rules decide what it gets, whatever cursor it sends.
 *
 * @param topic Kafka's id of topic {@code served}
 * @param offsets the next offset of each of its partitions
 * @param rules hash of the rules that were applied
 * @param at when the hub had read all of Kafka
 * @param key last key of an unfinished snapshot; null if there is none
 */
record Cursor(String topic, List<Long> offsets, String rules, Instant at, @Nullable String key) {
  /** Limit of its text, which has to fit into a site's report. */
  static final int LONGEST = 1_000;

  /** Names of registries are shorter; a snapshot does not stop after a longer one. */
  static final int LONGEST_KEY = 500;

  private static final int VERSION = 1;
  private static final int SUM = 4;

  Cursor {
    offsets = List.copyOf(offsets);
  }

  /** The same, with one partition further on. */
  Cursor with(int partition, long offset) {
    List<Long> next = new ArrayList<>(offsets);
    next.set(partition, offset);
    return new Cursor(topic, next, rules, at, key);
  }

  /** The same, with a snapshot that has reached this key. */
  Cursor after(@Nullable String reached) {
    return new Cursor(topic, offsets, rules, at, reached);
  }

  /** Whether it covers records beyond these positions. */
  boolean isAheadOf(List<Long> positions) {
    for (int i = 0; i < offsets.size(); i++) {
      if (offsets.get(i) > positions.get(i)) {
        return true;
      }
    }
    return false;
  }

  /** Its text, opaque to sites. */
  String text() {
    var bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeUTF(topic);
      out.writeUTF(rules);
      out.writeLong(at.toEpochMilli());
      for (long offset : offsets) {
        out.writeLong(offset);
      }
      out.writeUTF(key == null ? "" : key);
      out.writeInt(sum(bytes.toByteArray(), bytes.size()));
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
  }

  /** Reads a text; empty if no hub of this release wrote it. */
  static Optional<Cursor> parse(String text) {
    if (text.length() > LONGEST) {
      return Optional.empty();
    }
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      int length = bytes.length - SUM;
      if (length < 1 || bytes[0] != VERSION) {
        return Optional.empty();
      }
      try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
        in.readByte();
        String topic = in.readUTF();
        String rules = in.readUTF();
        Instant at = Instant.ofEpochMilli(in.readLong());
        Long[] offsets = new Long[Topic.PARTITIONS];
        for (int i = 0; i < offsets.length; i++) {
          offsets[i] = in.readLong();
        }
        String key = in.readUTF();
        boolean intact =
            in.readInt() == sum(bytes, length)
                && in.read() < 0
                && Arrays.stream(offsets).allMatch(offset -> offset >= 0);
        return intact
            ? Optional.of(
                new Cursor(topic, List.of(offsets), rules, at, key.isEmpty() ? null : key))
            : Optional.empty();
      }
    } catch (IOException | IllegalArgumentException damaged) {
      return Optional.empty();
    }
  }

  /** A checksum against accidents; forging it gains nothing. */
  private static int sum(byte[] bytes, int length) {
    var sum = new CRC32C();
    sum.update(bytes, 0, length);
    return (int) sum.getValue();
  }
}
