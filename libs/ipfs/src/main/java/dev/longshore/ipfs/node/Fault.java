package dev.longshore.ipfs.node;

/** How a call to a node can fail. */
public enum Fault {
  UNREACHABLE(true, "cannot be reached", "check that it runs and its address"),
  TIMEOUT(true, "no answer before the deadline", "the node may be busy or the content far away"),
  STALLED(true, "no progress", "no connected peer sends the missing blocks"),
  UNAUTHORIZED(true, "credentials refused", "check the node's API.Authorizations"),
  FULL(true, "storage is full", "free space or raise Datastore.StorageMax"),
  FAILED(true, "failed", "see the node's log"),
  GARBLED(true, "answer not understood", "check that the address is that of a Kubo node"),
  CANCELLED(true, "cancelled", "the caller was interrupted"),
  NOT_HELD(false, "block is not held", "fetch or import it first"),
  NOT_PINNED(false, "not pinned", "nothing to do if it was to be unpinned"),
  REFUSED(false, "request refused", "check the arguments");

  private final boolean passes;
  private final String what;
  private final String whatToDo;

  Fault(boolean passes, String what, String whatToDo) {
    this.passes = passes;
    this.what = what;
    this.whatToDo = whatToDo;
  }

  boolean isTransient() {
    return passes;
  }

  /** In a few words, such as {@code cannot be reached}. */
  public String what() {
    return what;
  }

  /** What operators can do about it. */
  public String whatToDo() {
    return whatToDo;
  }
}
