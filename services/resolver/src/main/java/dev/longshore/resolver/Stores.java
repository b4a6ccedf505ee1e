package dev.longshore.resolver;

import dev.longshore.runtime.service.lifecycle.Part;
import java.time.Duration;
import java.util.Deque;

/** Resources behind the resolver's listeners, closed after them. */
final class Stores implements Part {
  private final Deque<AutoCloseable> closing;

  /**
   * @param closing in closing order
   */
  Stores(Deque<AutoCloseable> closing) {
    this.closing = closing;
  }

  @Override
  public String name() {
    return "resolver stores";
  }

  @Override
  public void start() {
    // Everything was opened when the resolver was wired.
  }

  @Override
  public void stop(Duration drain) throws Exception {
    Exception first = null;
    while (!closing.isEmpty()) {
      try {
        closing.pop().close();
      } catch (Exception e) { // Whatever one throws, the others must be closed.
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
