package dev.longshore.runtime.edge.access;

import dev.longshore.runtime.edge.rights.Caller;

/**
 * A proxy calls for a person without rights here, or names the person ambiguously. The caller sees
 * the message.
 */
public final class PersonRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Not serialized; our exceptions stay in their process. */
  private final transient Caller caller;

  PersonRefusedException(Caller caller, String message) {
    super(message);
    this.caller = caller;
  }

  /**
   * The caller for the audit log: the person, without any rights; the proxy if the person is
   * unclear.
   */
  public Caller caller() {
    return caller;
  }

  /** The message, never null. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
