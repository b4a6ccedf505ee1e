package dev.longshore.app.query.find;

/** Exit codes of every command. */
public enum ExitCode {
  COMPLETE(0),
  ERROR(1),
  USAGE(2),
  /** Only part of the request is there, for example 2 of 3 copies. */
  INCOMPLETE(3);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }
}
