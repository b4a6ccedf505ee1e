package dev.longshore.runtime.edge.access;

import dev.longshore.runtime.edge.rights.Caller;

/**
 * A proxy calls for a person who has no rights here, or does not say clearly for whom. The caller
 * sees the message.
 */
public final class PersonRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Not serialized; exceptions of ours stay in their process. */
  private final transient Caller caller;

  PersonRefusedException(Caller caller, String message) {
    super(message);
    this.caller = caller;
  }

  /** Whom the audit log names: the person, without any rights; the proxy if that is not clear. */
  public Caller caller() {
    return caller;
  }

  /** What the message says; never null. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
