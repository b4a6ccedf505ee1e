package dev.longshore.events;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Somebody called an API of ours, or was refused, or gave a command. Never holds what was shown.
 *
 * @param caller name of the token, user or certificate; a person's as a proxy says it; {@code
 *     anonymous} if nothing was believed; of a command the user of its machine
 * @param proof what showed who it is, or who that proxy is
 * @param subject of the certificate, if one was shown
 * @param through name of the proxy that says for which person it calls, if one did
 * @param address the caller's, as the connection has it: of a proxy, where one is between; of a
 *     command the name of its machine
 * @param listener which of ours was called; {@code command} where none was
 * @param operation what for, such as {@code pull} or {@code look-up}
 * @param target the path as it was sent, without its query, or the method's name; cut at {@link
 *     #TARGET_LIMIT} characters
 * @param repository as the caller named it, where the call is about one
 * @param reference tag, digest, CID or name, where the call is about one
 * @param status of HTTP, or the name of gRPC's; of a command what came of it
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

  /** Longer ones name nothing of ours. */
  public static final int TARGET_LIMIT = 1024;

  public Audited {
    target = target.substring(0, Math.min(target.length(), TARGET_LIMIT));
  }

  /** What one caller did is in order. */
  @Override
  public String key() {
    return caller;
  }
}
