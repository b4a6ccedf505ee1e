package dev.longshore.estargz;

import dev.longshore.estargz.EstargzException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * Writes the table of contents, one entry per line. Fields, and when they are omitted, follow the
 * reference exactly.
 */
final class TocWriter implements AutoCloseable {
  /**
   * Readers hold it in memory, and compressors accept less than 2 GiB at a time. A million entries
   * with digests take 350 MB.
   */
  static final long MAX_BYTES = 512L << 20;

  /** Limit of users and of groups, which are remembered to write a name only where it changes. */
  private static final int MAX_OWNERS = 65_536;

  private static final String EMPTY_DIGEST =
      "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  private static final int FLUSH_CHARS = 64 << 10;
  private static final int HALF_SECOND = 500_000_000;

  private final Spool spool;
  private final long maxBytes;
  private final Map<Long, String> users = new HashMap<>();
  private final Map<Long, String> groups = new HashMap<>();
  private final StringBuilder json = new StringBuilder("{\"version\":1,\"entries\":[\n");
  private boolean first = true;

  TocWriter(Spool spool) {
    this(spool, MAX_BYTES);
  }

  /**
   * @param maxBytes of the text, approximately
   */
  TocWriter(Spool spool, long maxBytes) {
    this.spool = spool;
    this.maxBytes = maxBytes;
  }

  /** An entry without content. */
  void entry(TarEntry entry) throws IOException {
    begin(entry);
    if (entry.type() == EntryType.FILE) {
      text("digest", EMPTY_DIGEST);
    }
    end();
  }

  /**
   * A file with its first piece.
   *
   * @param chunkBytes the setting
   * @param offset of its member in the blob
   * @param inner the content's start in the unpacked member
   */
  void file(
      TarEntry entry, int chunkBytes, long offset, long inner, String digest, String chunkDigest)
      throws IOException {
    begin(entry);
    number("offset", offset);
    number("innerOffset", inner);
    xattrs(entry);
    text("digest", digest);
    number("chunkSize", entry.size() >= chunkBytes ? chunkBytes : 0);
    text("chunkDigest", chunkDigest);
    end();
  }

  /** A further piece of a file. */
  void chunk(TarEntry entry, int chunkBytes, long from, long offset, String chunkDigest)
      throws IOException {
    comma();
    json.append("{\"name\":");
    JsonString.append(json, entry.name());
    text("type", "chunk");
    number("offset", offset);
    number("chunkOffset", from);
    number("chunkSize", entry.size() - from >= chunkBytes ? chunkBytes : 0);
    text("chunkDigest", chunkDigest);
    end();
  }

  private void begin(TarEntry entry) throws EstargzException {
    comma();
    json.append("{\"name\":");
    JsonString.append(json, entry.name());
    text("type", entry.type().tocName());
    number("size", entry.size());
    time(entry);
    text("linkName", entry.link());
    number("mode", entry.mode());
    number("uid", entry.uid());
    number("gid", entry.gid());
    text("userName", ifChanged(users, entry.uid(), entry.userName()));
    text("groupName", ifChanged(groups, entry.gid(), entry.groupName()));
    if (entry.size() == 0) {
      number("devMajor", entry.devMajor());
      number("devMinor", entry.devMinor());
      xattrs(entry);
    }
  }

  private void comma() {
    if (!first) {
      json.append(",\n");
    }
    first = false;
  }

  private void end() throws IOException {
    json.append('}');
    if (json.length() >= FLUSH_CHARS) {
      flush();
    }
  }

  private void flush() throws IOException {
    spool.append(ByteBuffer.wrap(ByteText.bytes(json.toString())));
    json.setLength(0);
    if (spool.size() > maxBytes) {
      throw new EstargzException(
          Reason.LIMIT_PASSED,
          "layer: its table of contents has more than %,d bytes".formatted(maxBytes));
    }
  }

  private void number(String key, long value) {
    if (value != 0) {
      json.append(",\"").append(key).append("\":").append(value);
    }
  }

  private void text(String key, String value) {
    if (!value.isEmpty()) {
      json.append(",\"").append(key).append("\":");
      JsonString.append(json, value);
    }
  }

  /** Rounded half up; omitted for the first second of 1970, as by the reference. */
  private void time(TarEntry entry) {
    boolean zero = PaxTime.isFirst(entry.seconds()) && entry.nanos() == 0;
    if (entry.seconds() != 0 && !zero) {
      long seconds = entry.seconds() + (entry.nanos() >= HALF_SECOND ? 1 : 0);
      text("modtime", Instant.ofEpochSecond(seconds).toString());
    }
  }

  private static String ifChanged(Map<Long, String> last, long id, String name)
      throws EstargzException {
    if (name.isEmpty() || name.equals(last.put(id, name))) {
      return "";
    }
    if (last.size() > MAX_OWNERS) {
      throw new EstargzException(
          Reason.LIMIT_PASSED, "layer: more than %,d users or groups".formatted(MAX_OWNERS));
    }
    return name;
  }

  private void xattrs(TarEntry entry) {
    String separator = ",\"xattrs\":{";
    String end = "";
    for (Map.Entry<String, String> record : entry.records().entrySet()) {
      if (record.getKey().startsWith(TarEntry.XATTR)) {
        json.append(separator);
        JsonString.append(json, record.getKey().substring(TarEntry.XATTR.length()));
        json.append(":\"");
        json.append(Base64.getEncoder().encodeToString(ByteText.bytes(record.getValue())));
        json.append('"');
        separator = ",";
        end = "}";
      }
    }
    json.append(end);
  }

  /** Ends the text, which is then in the spool. Nothing may follow the last brace. */
  Spool finish() throws IOException {
    json.append("\n]}");
    flush();
    return spool;
  }

  static String digest(byte[] bytes, int offset) {
    return "sha256:" + HexFormat.of().formatHex(bytes, offset, offset + PieceSpooler.DIGEST_BYTES);
  }

  @Override
  public void close() throws IOException {
    spool.close();
  }
}
