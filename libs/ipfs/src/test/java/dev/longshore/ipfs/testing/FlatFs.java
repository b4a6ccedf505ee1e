package dev.longshore.ipfs.testing;

import dev.longshore.model.Cid;
import dev.longshore.model.multiformats.Varint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where Kubo's flatfs keeps a block: by its multihash in base 32, sharded next-to-last/2. */
public final class FlatFs {
  private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  private FlatFs() {}

  /** An empty store, as Kubo makes it. */
  public static void create(Path repository) throws IOException {
    Files.createDirectories(repository.resolve("blocks"));
    Files.writeString(
        repository.resolve("blocks").resolve("SHARDING"), "/repo/flatfs/shard/v1/next-to-last/2\n");
  }

  public static void put(Path repository, Cid cid, byte[] block) throws IOException {
    Path file = file(repository, cid);
    Files.createDirectories(file.getParent());
    Files.write(file, block);
  }

  public static Path file(Path repository, Cid cid) {
    byte[] bytes = cid.bytes();
    int head = cid.version() == 0 ? 0 : 1 + Varint.length(cid.codec());
    String key = base32(bytes, head);
    String shard = key.substring(key.length() - 3, key.length() - 1);
    return repository.resolve("blocks").resolve(shard).resolve(key + ".data");
  }

  private static String base32(byte[] bytes, int from) {
    StringBuilder text = new StringBuilder();
    int held = 0;
    int pending = 0;
    for (int i = from; i < bytes.length; i++) {
      pending = (pending << 8 | (bytes[i] & 0xff)) & 0xfff;
      held += 8;
      for (; held >= 5; held -= 5) {
        text.append(ALPHABET.charAt(pending >>> (held - 5) & 31));
      }
    }
    return held == 0
        ? text.toString()
        : text.append(ALPHABET.charAt(pending << (5 - held) & 31)).toString();
  }
}
