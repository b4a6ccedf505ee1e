package dev.longshore.ipfs.node;

import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A failed call to an IPFS node. Messages never hold credentials. */
public final class KuboException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Fault fault;
  private final String node;
  private final String action;
  private final int status;
  private final String reason;

  /**
   * @param node the node's configured name
   * @param action what was tried, on what: {@code pin bafy...}
   * @param status HTTP status, 0 when there was no answer
   * @param reason the node's message, or what went wrong with the connection
   */
  public KuboException(
      Fault fault,
      String node,
      String action,
      int status,
      String reason,
      @Nullable Throwable cause) {
    super(describe(fault, node, action, status, reason), cause);
    this.fault = fault;
    this.node = node;
    this.action = action;
    this.status = status;
    this.reason = reason;
  }

  private static String describe(
      Fault fault, String node, String action, int status, String reason) {
    String answer = status == 0 ? "" : " (HTTP " + status + ")";
    return "IPFS node %s: %s: %s%s: %s; %s"
        .formatted(node, action, fault.what(), answer, reason, fault.whatToDo());
  }

  public Fault fault() {
    return fault;
  }

  public String node() {
    return node;
  }

  public String action() {
    return action;
  }

  /** HTTP status, 0 when there was no answer. */
  public int status() {
    return status;
  }

  /** The node's message, or what went wrong with the connection. */
  public String reason() {
    return reason;
  }

  /**
   * Whether the node's disk cannot read the block, as in a bad sector: each try fails, other blocks
   * may be readable. Kubo passes on the system's message.
   */
  public boolean isUnreadable() {
    return fault == Fault.FAILED && reason.toLowerCase(Locale.ROOT).contains("input/output error");
  }

  /** Whether the same call may succeed later without a change on our side. */
  public boolean transientFailure() {
    return fault.isTransient();
  }
}
