package dev.longshore.resolver.content;

import dev.longshore.resolver.content.UnavailableException.Reason;
import java.io.Closeable;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Describes failures of content in the same words everywhere. */
final class ContentFailures {
  private static final Logger LOG = LoggerFactory.getLogger(ContentFailures.class);

  private ContentFailures() {}

  /** The reason why a read stopped after so many bytes. */
  static UnavailableException stopped(LocatedContent content, long got, IOException cause) {
    return UnavailableException.reading(
        "reading " + content + " stopped after " + got + " bytes (peers: " + names(content) + ")",
        cause);
  }

  static UnavailableException wrong(LocatedContent content, String what) {
    return new UnavailableException(
        Reason.BAD_SOURCE, content + " is not what the node gave: " + what);
  }

  static UnavailableException busy(LocatedContent content, int limit) {
    return new UnavailableException(
        Reason.BUSY,
        content + " was not fetched: " + limit + " fetches are under way (max-concurrent-pulls)");
  }

  /** Closes a resource that was only read from, so nothing can be lost. */
  static void closeQuietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      LOG.debug("closing after reading: {}", e.getMessage());
    }
  }

  private static String names(LocatedContent content) {
    return content.providers().isEmpty()
        ? "those the node is connected to"
        : String.join(", ", content.providers().stream().map(Provider::name).toList());
  }
}
