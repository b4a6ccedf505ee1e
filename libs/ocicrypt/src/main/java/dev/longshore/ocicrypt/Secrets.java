package dev.longshore.ocicrypt;

import java.util.Arrays;

/**
 * Wipes arrays that held keys. Copies inside the JDK's ciphers and key objects cannot be wiped, and
 * stay until garbage collection.
 */
final class Secrets {
  private Secrets() {}

  static void wipe(byte[]... secrets) {
    for (byte[] secret : secrets) {
      Arrays.fill(secret, (byte) 0);
    }
  }
}
