package dev.longshore.runtime.edge.access;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A file of tokens of a test. */
record TokenFiles(Path file) {
  static TokenFiles in(Path folder) {
    return new TokenFiles(folder.resolve("tokens.yaml"));
  }

  TokenFiles holds(String... entries) {
    return text(entries.length == 0 ? "tokens: []\n" : "tokens:\n" + String.join("", entries));
  }

  TokenFiles text(String text) {
    try {
      Files.writeString(file, text);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String entry(String name, String token, String... more) {
    return "- name: %s\n  sha256: %s\n".formatted(name, Tokens.sha256(token)) + lines(more);
  }

  static String certificate(String name, String commonName, String... more) {
    return "- name: %s\n  certificate: %s\n".formatted(name, commonName) + lines(more);
  }

  /** Somebody for whom a proxy speaks: {@code person: ...} or {@code group: ...}. */
  static String spokenFor(String name, String whom, String... more) {
    return "- name: %s\n  %s\n".formatted(name, whom) + lines(more);
  }

  private static String lines(String... more) {
    return more.length == 0 ? "" : "  " + String.join("\n  ", more) + "\n";
  }
}
