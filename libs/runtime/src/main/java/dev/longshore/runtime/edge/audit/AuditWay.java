package dev.longshore.runtime.edge.audit;

import java.util.function.Consumer;

/** Where entries of the audit log go, one after another. */
interface AuditWay extends AutoCloseable {
  /**
   * Writes one; may block.
   *
   * @param failed is told, then or later, on any thread, why it was not written
   */
  void take(Entry entry, Consumer<String> failed);

  /** Writes what is under way. */
  @Override
  void close();
}
