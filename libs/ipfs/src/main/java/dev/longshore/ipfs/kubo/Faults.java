package dev.longshore.ipfs.kubo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;
import java.util.Locale;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.jspecify.annotations.Nullable;

/**
 * Turns failures of one action on one node into {@link KuboException}s.
 *
 * @param node the node's name
 * @param action what was tried
 */
record Faults(String node, String action) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_REASON = 500;

  /** Kubo's errors differ by their text alone; phrases to look for, in this order. */
  private static final List<Phrase> PHRASES =
      List.of(
          new Phrase("not pinned", Fault.NOT_PINNED),
          new Phrase("no space left", Fault.FULL),
          new Phrase("disk quota exceeded", Fault.FULL),
          new Phrase("deadline exceeded", Fault.TIMEOUT),
          new Phrase("not found locally", Fault.NOT_HELD),
          new Phrase("could not find", Fault.NOT_HELD),
          new Phrase("no link named", Fault.NOT_HELD),
          new Phrase("block was not found", Fault.NOT_HELD),
          new Phrase("is a directory", Fault.REFUSED),
          new Phrase("invalid path", Fault.REFUSED),
          new Phrase("invalid cid", Fault.REFUSED),
          new Phrase("invalid peer address", Fault.REFUSED));

  private record Phrase(String text, Fault fault) {}

  KuboException because(Fault fault, String reason) {
    return because(fault, reason, null);
  }

  KuboException because(Fault fault, String reason, @Nullable Throwable cause) {
    return new KuboException(fault, node, action, 0, shorten(reason), cause);
  }

  /** An answer with an error status. */
  KuboException answered(int status, String body) {
    String reason = message(body);
    Fault fault =
        switch (status) {
          case 401, 403 -> Fault.UNAUTHORIZED;
          case 400 -> Fault.REFUSED;
          case 404, 405 -> Fault.GARBLED;
          default -> byText(reason);
        };
    return new KuboException(fault, node, action, status, reason, null);
  }

  /** An error in the trailer of an answer that began as a success. */
  KuboException trailed(String message) {
    return new KuboException(byText(message), node, action, 200, shorten(message), null);
  }

  /** A failure of the connection. Interrupts close it, so they are checked first. */
  KuboException broken(IOException e) {
    if (e instanceof KuboException known) {
      return known;
    }
    String reason = e.getClass().getSimpleName() + ": " + e.getMessage();
    if (Thread.currentThread().isInterrupted()) {
      return because(Fault.CANCELLED, reason, e);
    }
    if (e instanceof SocketTimeoutException) {
      return because(Fault.TIMEOUT, reason, e);
    }
    if (e instanceof ProtocolException
        || e instanceof MessageConstraintException
        || e instanceof MalformedChunkCodingException) {
      return because(Fault.GARBLED, String.valueOf(e.getMessage()), e);
    }
    if (e instanceof JsonProcessingException) {
      return because(Fault.GARBLED, "not the expected JSON", e);
    }
    boolean away =
        e instanceof ConnectException
            || e instanceof UnknownHostException
            || e instanceof NoRouteToHostException;
    return because(away ? Fault.UNREACHABLE : Fault.FAILED, reason, e);
  }

  /** A host name that does not resolve. */
  KuboException unresolved(UnresolvedAddressException e) {
    return because(Fault.UNREACHABLE, "the host name cannot be resolved", e);
  }

  private static Fault byText(String message) {
    String text = message.toLowerCase(Locale.ROOT);
    for (Phrase phrase : PHRASES) {
      if (text.contains(phrase.text())) {
        return phrase.fault();
      }
    }
    return Fault.FAILED;
  }

  private static String message(String body) {
    try {
      String message = JSON.readTree(body).path("Message").asText("");
      return shorten(message.isEmpty() ? body : message);
    } catch (JsonProcessingException e) {
      return shorten(body);
    }
  }

  /** One line that any log or record accepts: no control characters or lone surrogates. */
  private static String shorten(String text) {
    String line = text.replaceAll("[\\s\\p{Cc}\\p{Cs}]+", " ").strip();
    if (line.length() <= MAX_REASON) {
      return line;
    }
    int end = Character.isHighSurrogate(line.charAt(MAX_REASON - 1)) ? MAX_REASON - 1 : MAX_REASON;
    return line.substring(0, end) + "...";
  }
}
