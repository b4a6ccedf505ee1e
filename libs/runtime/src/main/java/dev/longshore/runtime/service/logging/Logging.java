package dev.longshore.runtime.service.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import dev.longshore.runtime.service.telemetry.LogFormat;
import dev.longshore.runtime.service.telemetry.LogLevel;
import java.io.OutputStream;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Sets up the process's log: one stream, one format; includes java.util.logging. */
public final class Logging {
  /** Libraries that log routine events at info. */
  private static final List<String> TALKATIVE =
      List.of(
          "org.apache.kafka", "kafka", "io.netty", "io.vertx", "io.grpc", "org.apache.zookeeper");

  /** Logs the URLs that it calls at debug, and those of storages are signed. */
  private static final String HTTP_CLIENT = "org.apache.hc";

  /** Operators route the audit log's lines by this name. */
  public static final String AUDIT_LOGGER = "dev.longshore.audit";

  private Logging() {}

  /**
   * Replaces the previous set-up.
   *
   * @param context of the process: {@code (LoggerContext) LoggerFactory.getILoggerFactory()}
   * @param out receives the lines; stderr in a program, since stdout is for results
   */
  public static void configure(
      LoggerContext context,
      LogFormat form,
      LogLevel level,
      Redaction redaction,
      OutputStream out) {
    context.reset();
    LineEncoder encoder =
        switch (form) {
          case PLAIN -> new PlainLines(redaction);
          case JSON -> new JsonLines(redaction);
        };
    encoder.setContext(context);
    encoder.start();
    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setContext(context);
    appender.setName("lines");
    appender.setEncoder(encoder);
    appender.setOutputStream(out);
    appender.start();
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(level(level));
    root.addAppender(appender);
    if (root.getLevel().isGreaterOrEqual(Level.INFO)) {
      TALKATIVE.forEach(name -> quieten(context.getLogger(name), root.getLevel()));
    }
    quieten(context.getLogger(HTTP_CLIENT), root.getLevel());
    // The audit log is always written.
    context.getLogger(AUDIT_LOGGER).setLevel(Level.INFO);
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }

  private static void quieten(ch.qos.logback.classic.Logger logger, Level root) {
    logger.setLevel(root.isGreaterOrEqual(Level.WARN) ? root : Level.WARN);
  }

  private static Level level(LogLevel level) {
    return switch (level) {
      case ERROR -> Level.ERROR;
      case WARN -> Level.WARN;
      case INFO -> Level.INFO;
      case DEBUG -> Level.DEBUG;
      case TRACE -> Level.TRACE;
    };
  }
}
