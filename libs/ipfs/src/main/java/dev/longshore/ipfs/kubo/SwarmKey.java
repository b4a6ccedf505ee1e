package dev.longshore.ipfs.kubo;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The pre-shared key of a private swarm (libp2p specification, "Pre-shared Key Based Private
 * Networks"). Whoever has it can join; its text form never shows it.
 */
public final class SwarmKey {
  private static final String HEAD = "/key/swarm/psk/1.0.0/\n/base16/\n";
  private static final int KEY_BYTES = 32;

  private final String file;

  private SwarmKey(String file) {
    this.file = file;
  }

  /** A new key. */
  public static SwarmKey generate(SecureRandom random) {
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    return new SwarmKey(HEAD + HexFormat.of().formatHex(key) + "\n");
  }

  /**
   * An existing key.
   *
   * @param file content of a {@code swarm.key} in base 16
   */
  public static SwarmKey ofFile(String file) {
    if (!file.startsWith(HEAD) || !file.substring(HEAD.length()).matches("[0-9a-fA-F]{64}\\s*")) {
      throw new IllegalArgumentException(
          "swarm.key (expected: /key/swarm/psk/1.0.0/, /base16/ and 64 hex digits, a line each)");
    }
    return new SwarmKey(file);
  }

  /** Content of {@code swarm.key}. */
  public String file() {
    return file;
  }

  @Override
  public String toString() {
    return "SwarmKey[...]";
  }
}
