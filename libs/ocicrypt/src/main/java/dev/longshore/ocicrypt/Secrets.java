package dev.longshore.ocicrypt;

import java.util.Arrays;

/**
 * Arrays that held keys. What the JDK's ciphers and key objects copy of them stays until it is
 * collected: nobody can wipe that.
 */
final class Secrets {
  private Secrets() {}

  static void wipe(byte[]... secrets) {
    for (byte[] secret : secrets) {
      Arrays.fill(secret, (byte) 0);
    }
  }
}
