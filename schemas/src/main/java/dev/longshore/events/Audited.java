package dev.longshore.events;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A caller used one of our APIs, was refused, or ran a command. Never contains the credentials.
 *
 * @param caller name of the token, user or certificate; of a person as the proxy sends it; {@code
 *     anonymous} if not authenticated; of a command the user of its machine
 * @param proof how the caller, or that proxy, proved its identity
 * @param subject of the certificate, if one was shown
 * @param through name of the proxy for a person, if any
 * @param address the caller's, from the connection: a proxy's, if there is one in between; of a
 *     command the name of its machine
 * @param listener the called listener; {@code command} if none
 * @param operation the purpose, such as {@code pull} or {@code look-up}
 * @param target the path as sent, without its query, or the method's name; cut at {@link
 *     #TARGET_LIMIT} characters
 * @param repository as the caller named it, if any
 * @param reference tag, digest, CID or name, if any
 * @param status HTTP's, or the name of gRPC's; of a command its result
 * @param traceId of the call, if it has a trace
 * @param at when it ended, by the service's clock
 */
public record Audited(
    String caller,
    Proof proof,
    @Nullable String subject,
    @Nullable String through,
    String address,
    String listener,
    String operation,
    String target,
    @Nullable String repository,
    @Nullable String reference,
    String status,
    @Nullable String traceId,
    Instant at)
    implements Event {

  /** Longer paths name nothing of ours. */
  public static final int TARGET_LIMIT = 1024;

  public Audited {
    target = target.substring(0, Math.min(target.length(), TARGET_LIMIT));
  }

  /** Keeps the calls of one caller in order. */
  @Override
  public String key() {
    return caller;
  }
}
