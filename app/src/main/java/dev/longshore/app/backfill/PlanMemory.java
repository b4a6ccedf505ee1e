package dev.longshore.app.backfill;

import dev.longshore.model.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The answers of registries that a plan has had, so that one that was broken off goes on. Each is
 * in the file before it is used, and holds for a day. What is damaged counts as never heard. A file
 * that cannot be used costs only the memory.
 *
 * <p>The file: a head of {@link #MAGIC} and the sha256 of what it was made with; then, for each
 * answer, 16 bytes of the question's sha256, when it came in milliseconds (8), its length (4), the
 * CRC-32 of all of it (4), and the answer, deflated.
 */
public final class PlanMemory implements AutoCloseable {
  /** Its last digit is the version of the format. */
  private static final String MAGIC = "longshore-plan-1";

  /** Tags move; after a day a plan of them says little. */
  private static final Duration HOLDS = Duration.ofDays(1);

  /** 50,000 images take some 50 MB. */
  private static final long MOST = 512L << 20;

  /** A manifest has 4 MiB at most, and a page of a list 1,000 names. */
  private static final int LONGEST = 16 << 20;

  private static final int KEY = 16;
  private static final int HEAD = KEY + Long.BYTES + 2 * Integer.BYTES;
  private static final int HASH = 32;
  private static final int FILE_HEAD = MAGIC.length() + HASH;

  private final Map<Key, Place> places = new HashMap<>();
  private final Clock clock;
  private final Consumer<String> tell;
  private final @Nullable Path file;
  private @Nullable FileChannel channel;
  private long end;

  private record Key(long first, long second) {
    static Key of(String question) {
      ByteBuffer hash = ByteBuffer.wrap(sha256(question));
      return new Key(hash.getLong(), hash.getLong());
    }
  }

  private record Place(long at, int length) {}

  private PlanMemory(
      @Nullable Path file, @Nullable FileChannel channel, Clock clock, Consumer<String> tell) {
    this.file = file;
    this.channel = channel;
    this.clock = clock;
    this.tell = tell;
  }

  /** One that is empty and keeps nothing. */
  public static PlanMemory none() {
    return new PlanMemory(null, null, Clock.systemUTC(), _ -> {});
  }

  /**
   * What is remembered; nothing if another plan has the file, or it cannot be used.
   *
   * @param madeWith the settings that the answers depend on: with others they are thrown away
   * @param tell hears what people should know
   */
  public static PlanMemory open(Path file, String madeWith, Clock clock, Consumer<String> tell) {
    @Nullable FileChannel channel = null;
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (!isOurs(channel)) {
        channel.close();
        tell.accept("another plan has " + file + "; if this one is broken off, it begins anew");
        return none();
      }
      PlanMemory memory = new PlanMemory(file, channel, clock, tell);
      memory.read(channel, sha256(madeWith));
      return memory;
    } catch (IOException e) {
      close(channel);
      tell.accept(
          "%s cannot be used: %s; if this plan is broken off, it begins anew".formatted(file, e));
      return none();
    }
  }

  private static boolean isOurs(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException inThisProcess) {
      return false;
    }
  }

  private void read(FileChannel from, byte[] madeWith) throws IOException {
    ByteBuffer head =
        ByteBuffer.allocate(FILE_HEAD)
            .put(MAGIC.getBytes(StandardCharsets.US_ASCII))
            .put(madeWith)
            .flip();
    end = FILE_HEAD;
    if (from.size() >= FILE_HEAD && bytes(from, 0, FILE_HEAD).equals(head)) {
      readAnswers(from);
    }
    if (places.isEmpty()) {
      end = FILE_HEAD;
      from.truncate(0);
      write(from, head.rewind(), 0);
    }
    from.truncate(end);
  }

  private void readAnswers(FileChannel from) throws IOException {
    Instant now = clock.instant();
    while (end + HEAD <= from.size()) {
      ByteBuffer head = bytes(from, end, HEAD);
      Key key = new Key(head.getLong(), head.getLong());
      Instant came = Instant.ofEpochMilli(head.getLong());
      int length = head.getInt();
      int sum = head.getInt();
      if (length < 0 || length > LONGEST || end + HEAD + length > from.size()) {
        return;
      }
      byte[] answer = bytes(from, end + HEAD, length).array();
      if (sum != sum(head, answer)) {
        return;
      }
      if (!came.isAfter(now) && came.isAfter(now.minus(HOLDS))) {
        places.put(key, new Place(end + HEAD, length));
      }
      end += HEAD + length;
    }
  }

  /** How many answers there are. */
  public synchronized int size() {
    return places.size();
  }

  /** The answer to a question, if it is remembered. */
  synchronized Optional<byte[]> find(String question) {
    Place place = places.get(Key.of(question));
    FileChannel from = channel;
    if (place == null || from == null) {
      return Optional.empty();
    }
    try (var in =
        new InflaterInputStream(
            new ByteArrayInputStream(bytes(from, place.at, place.length).array()))) {
      return Optional.of(in.readAllBytes());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Remembers an answer. */
  synchronized void keep(String question, byte[] answer) {
    FileChannel to = channel;
    if (to == null) {
      return;
    }
    try {
      byte[] small = deflated(answer);
      if (small.length > LONGEST || end + HEAD + small.length > MOST) {
        giveUp("it would be larger than %d MiB".formatted(MOST >> 20));
        return;
      }
      Key key = Key.of(question);
      ByteBuffer record = ByteBuffer.allocate(HEAD + small.length);
      record.putLong(key.first).putLong(key.second).putLong(clock.millis()).putInt(small.length);
      record.putInt(sum(record, small)).put(small).flip();
      write(to, record, end);
      places.put(key, new Place(end + HEAD, small.length));
      end += HEAD + small.length;
    } catch (IOException e) {
      giveUp(e.toString());
    }
  }

  private void giveUp(String why) {
    tell.accept(
        "%s cannot be written to: %s; if this plan is broken off, it asks again for what follows"
            .formatted(file, why));
    close(channel);
    channel = null;
  }

  /** Forgets everything: the plan is whole. */
  public synchronized void over() {
    FileChannel now = channel;
    if (now != null) {
      places.clear();
      end = 0;
      try {
        now.truncate(0);
      } catch (IOException e) {
        // It is thrown away after a day.
        return;
      }
    }
  }

  @Override
  public synchronized void close() {
    close(channel);
    channel = null;
  }

  private static void close(@Nullable FileChannel open) {
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      // Nothing is lost: it closes with the process.
      return;
    }
  }

  private static ByteBuffer bytes(FileChannel from, long at, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (from.read(bytes, at + bytes.position()) < 0) {
        throw new IOException("the file ends at " + (at + bytes.position()));
      }
    }
    return bytes.flip();
  }

  private static void write(FileChannel to, ByteBuffer bytes, long at) throws IOException {
    long next = at;
    while (bytes.hasRemaining()) {
      next += to.write(bytes, next);
    }
  }

  /** Of a record's head up to the sum itself, and of its answer. */
  private static int sum(ByteBuffer head, byte[] answer) {
    CRC32 sum = new CRC32();
    sum.update(head.slice(0, HEAD - Integer.BYTES));
    sum.update(answer);
    return (int) sum.getValue();
  }

  private static byte[] deflated(byte[] answer) throws IOException {
    ByteArrayOutputStream small = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(small)) {
      out.write(answer);
    }
    return small.toByteArray();
  }

  private static byte[] sha256(String text) {
    return HexFormat.of().parseHex(Digest.of(text.getBytes(StandardCharsets.UTF_8)).hex());
  }
}
