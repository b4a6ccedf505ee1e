package dev.longshore.converter.mode;

import dev.longshore.converter.source.Reason;
import dev.longshore.model.Excerpt;
import dev.longshore.ocicrypt.PublicPart;
import dev.longshore.ocicrypt.Recipients;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Where public keys come from: files that rules name, and keys in a request. */
public final class RecipientKeys {
  /** Prefix of a recipient that contains the key itself. */
  private static final String INLINE = "inline/";

  /** Limit in bytes for a key's file; a key ring of some hundred keys. */
  private static final int FILE_BYTES = 1 << 20;

  /** Limit in bytes for all keys of one request: an event holds 64 KiB, and base64 adds a third. */
  private static final int REQUEST_BYTES = 36 * 1024;

  private RecipientKeys() {}

  /**
   * Replaces recipients that name files of this machine by recipients that contain their keys. Only
   * the public key or certificate of each file is sent, whatever else it holds.
   *
   * @param recipients {@code jwe:pub.pem}, {@code pkcs7:cert.pem}, {@code pgp:./key.asc}
   * @throws IllegalArgumentException when a key cannot be read or used
   */
  public static List<String> inline(List<String> recipients) {
    if (recipients.isEmpty()) {
      return List.of();
    }
    var inline = new ArrayList<String>(recipients.size());
    int bytes = 0;
    try {
      for (String recipient : recipients) {
        byte[] key = PublicPart.of(recipient, RecipientKeys::read);
        bytes += key.length;
        inline.add(
            recipient.substring(0, recipient.indexOf(':') + 1)
                + INLINE
                + Base64.getUrlEncoder().withoutPadding().encodeToString(key));
      }
      Recipients.parse(inline, RecipientKeys::readInline);
    } catch (IOException e) {
      throw new IllegalArgumentException("recipient: " + Reason.text(e), e);
    }
    if (bytes > REQUEST_BYTES) {
      throw new IllegalArgumentException(
          "recipient: keys of %d bytes (expected: at most %d in one request; name them in recipients of a rule instead)"
              .formatted(bytes, REQUEST_BYTES));
    }
    return inline;
  }

  /** A key in a request: its sender must not choose files to read on this machine. */
  static byte[] readInline(String place) throws IOException {
    if (!place.startsWith(INLINE)) {
      throw new IOException(
          "a request names a file of its sender (expected: the key itself, as longshore push"
              + " puts it in)");
    }
    try {
      return Base64.getUrlDecoder().decode(place.substring(INLINE.length()));
    } catch (IllegalArgumentException e) {
      throw new IOException("a key in the request is no base64url", e);
    }
  }

  /** A key in a file of this machine; a relative path starts in the current folder. */
  public static byte[] read(String place) throws IOException {
    Path path = path(place);
    try (InputStream file = Files.newInputStream(path)) {
      byte[] key = file.readNBytes(FILE_BYTES + 1);
      if (key.length <= FILE_BYTES) {
        return key;
      }
    } catch (NoSuchFileException e) {
      throw new IOException(
          path.isAbsolute()
              ? place + ": there is no such file (expected: a public key)"
              : "%s: there is no file %s, where this path leads from the folder of this program (expected: a public key; a rule names it by its whole path, since each service runs in a folder of its own)"
                  .formatted(place, path.toAbsolutePath().normalize()),
          e);
    } catch (IOException e) {
      throw new IOException(
          "%s: cannot be read: %s (expected: a public key)"
              .formatted(place, e.getClass().getSimpleName()),
          e);
    }
    throw new IOException(
        "%s: more than %d bytes (expected: a public key)".formatted(place, FILE_BYTES));
  }

  private static Path path(String place) throws IOException {
    try {
      return Path.of(place);
    } catch (InvalidPathException e) {
      throw new IOException(Excerpt.of(place) + ": is no path (expected: a public key's)", e);
    }
  }
}
