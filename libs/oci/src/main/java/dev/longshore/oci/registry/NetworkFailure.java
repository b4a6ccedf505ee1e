package dev.longshore.oci.registry;

import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;

/**
 * A network failure, in words. All may pass, expired certificates included, except our own
 * refusals.
 */
final class NetworkFailure {
  private NetworkFailure() {}

  static RegistryException of(Attempt attempt, IOException e) {
    if (e instanceof RegistryException known) {
      return known;
    }
    if (e instanceof RefusedAddress refused) {
      return attempt.failed(Kind.UNSUPPORTED, String.valueOf(refused.getMessage()));
    }
    return attempt.failed(Kind.TRANSIENT, words(e), e);
  }

  private static String words(IOException e) {
    return switch (e) {
      case SocketTimeoutException timeout -> "nothing came in time (" + timeout.getMessage() + ")";
      case UnknownHostException unknown -> "the host's name is not known";
      case ConnectException refused -> "no connection (" + refused.getMessage() + ")";
      case SSLException tls -> "no TLS connection (" + tls.getMessage() + ")";
      default -> "the connection broke (" + e.getMessage() + ")";
    };
  }
}
