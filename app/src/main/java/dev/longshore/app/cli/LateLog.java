package dev.longshore.app.cli;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.LogManager;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Logback, set up on first use of a logger: most short commands never log. Logback's own provider
 * searches, and so opens, every jar of the class path for its settings.
 */
public final class LateLog implements SLF4JServiceProvider {
  private static final String PROVIDER = "slf4j.provider";

  private final LoggerContext context = new LoggerContext();
  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final MDCAdapter diagnostics = new LogbackMDCAdapter();

  /** Makes this process log this way; for {@code main}, before anything else runs. */
  public static void choose() {
    System.setProperty(PROVIDER, LateLog.class.getName());
    // Otherwise slf4j reports on stderr that a provider was chosen.
    System.setProperty("slf4j.internal.verbosity", "WARN");
    System.setProperty("java.util.logging.config.class", Bridge.class.getName());
  }

  static boolean isChosen() {
    return LateLog.class.getName().equals(System.getProperty(PROVIDER));
  }

  /** Sets up java.util.logging on its first use. */
  public static final class Bridge {
    /** Sends everything on to slf4j. */
    public Bridge() throws IOException {
      String settings = "handlers = " + SLF4JBridgeHandler.class.getName();
      LogManager.getLogManager()
          .readConfiguration(new ByteArrayInputStream(settings.getBytes(StandardCharsets.UTF_8)));
    }
  }

  @Override
  public void initialize() {
    context.setName("default");
    context.setMDCAdapter(diagnostics);
    context.start();
    Logs.begin(context);
  }

  @Override
  public ILoggerFactory getLoggerFactory() {
    return context;
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return diagnostics;
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0.99";
  }
}
