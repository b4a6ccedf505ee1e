package dev.longshore.runtime.edge.audit;

import dev.longshore.events.EventJson;
import dev.longshore.events.MalformedEventException;
import dev.longshore.runtime.service.logging.Logging;
import io.opentelemetry.context.Scope;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes entries as lines of the process's log. */
final class LogLines implements AuditWay {
  private static final Logger LINES = LoggerFactory.getLogger(Logging.AUDIT_LOGGER);

  @Override
  public void take(Entry entry, Consumer<String> failed) {
    try (Scope _ = entry.trace().makeCurrent()) {
      LINES.info("{}", new String(EventJson.write(entry.audited()), StandardCharsets.UTF_8));
    } catch (MalformedEventException e) {
      failed.accept(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    // The log is the process's.
  }
}
