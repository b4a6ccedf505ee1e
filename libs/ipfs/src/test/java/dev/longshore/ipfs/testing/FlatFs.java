package dev.longshore.ipfs.testing;

import dev.longshore.ipfs.Cid;
import dev.longshore.ipfs.wire.Varint;
import java.nio.file.Path;

/** Where Kubo's flatfs keeps a block: by its multihash in base 32, sharded next-to-last/2. */
final class FlatFs {
  private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  private FlatFs() {}

  static Path file(Path repository, Cid cid) {
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
