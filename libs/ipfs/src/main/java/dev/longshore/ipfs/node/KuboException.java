package dev.longshore.ipfs.node;

import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A call to an IPFS node that did not end well. Messages never hold credentials. */
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
   * @param reason what the node said, or what went wrong on the way
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

  /** What the node said, or what went wrong on the way. */
  public String reason() {
    return reason;
  }

  /**
   * Whether the node's disk cannot read what was asked for, as where a sector is bad: it fails each
   * time, and what lies elsewhere may be read. Kubo passes the system's words on.
   */
  public boolean isUnreadable() {
    return fault == Fault.FAILED && reason.toLowerCase(Locale.ROOT).contains("input/output error");
  }

  /** Whether the same call may succeed later, when nothing but the node changed. */
  public boolean transientFailure() {
    return fault.isTransient();
  }
}
