package dev.longshore.ipfs.kubo;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * One RPC command with its arguments and options. Kubo ignores unknown options, so only the
 * conformance suite checks their spelling.
 *
 * @param action what was tried, for errors
 * @param target path and query
 */
record RpcCall(String action, String target) {
  /** A command without arguments yet. */
  static RpcCall of(String action, String command) {
    return new RpcCall(action, "/api/v0/" + command);
  }

  RpcCall arg(String value) {
    return with("arg", value);
  }

  RpcCall with(String option, Object value) {
    String query = option + "=" + URLEncoder.encode(value.toString(), StandardCharsets.UTF_8);
    return new RpcCall(action, target + (target.indexOf('?') < 0 ? "?" : "&") + query);
  }

  /** Makes the node ask no peers. */
  RpcCall offline() {
    return with("offline", true);
  }

  /** Makes the node give up as well, so that it does not go on in vain. */
  RpcCall within(Duration timeout) {
    return with("timeout", Math.max(1, timeout.toMillis()) + "ms");
  }
}
