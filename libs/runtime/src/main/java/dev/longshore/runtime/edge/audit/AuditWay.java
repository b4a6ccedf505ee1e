package dev.longshore.runtime.edge.audit;

import java.util.function.Consumer;

/** A destination of the audit log; gets its entries in order. */
interface AuditWay extends AutoCloseable {
  /**
   * Writes one; may block.
   *
   * @param failed receives the reason if it was not written, now or later, on any thread
   */
  void take(Entry entry, Consumer<String> failed);

  /** Writes pending entries. */
  @Override
  void close();
}
