package dev.longshore.app.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import dev.longshore.runtime.service.logging.Logging;
import dev.longshore.runtime.service.logging.Redaction;
import dev.longshore.runtime.service.telemetry.LogFormat;
import dev.longshore.runtime.service.telemetry.LogLevel;
import dev.longshore.runtime.service.telemetry.TelemetrySettings;
import dev.longshore.settings.Secret;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Where this process logs, and what neither its log nor an error may show. */
final class Logs {
  private static volatile Redaction redaction = new Redaction(List.of());
  private static List<Secret> hidden = List.of();
  private static @Nullable Setup setup;
  private static @Nullable LoggerContext context;

  private Logs() {}

  private record Setup(LogFormat form, LogLevel level, OutputStream out) {}

  /** Stays open when the log goes elsewhere. */
  private static final class Kept extends FilterOutputStream {
    Kept(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }

  /** A command that answers and ends: its errors are sentences, so only defects are logged. */
  static void ofShortCommand(OutputStream stderr, boolean debug) {
    configure(LogFormat.PLAIN, debug ? LogLevel.DEBUG : LogLevel.ERROR, new Kept(stderr));
  }

  /** A program that stays. */
  static void ofProgram(TelemetrySettings settings, boolean debug, OutputStream stderr) {
    configure(settings.logs(), debug ? LogLevel.DEBUG : settings.level(), new Kept(stderr));
  }

  /** A program whose terminal shows other output. */
  static void toFile(Path file, boolean debug) throws CommandException {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      // Open until the process ends: the last thread may write the last line.
      OutputStream out = new Kept(Files.newOutputStream(file));
      configure(LogFormat.PLAIN, debug ? LogLevel.DEBUG : LogLevel.INFO, out);
    } catch (IOException e) {
      throw new CommandException("%s could not be written: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Removes these from everything logged from now on, and from every error. */
  static synchronized void hide(Collection<Secret> secrets) {
    hidden = List.copyOf(secrets);
    redaction = new Redaction(secrets);
    apply();
  }

  /** Removes these besides. */
  static synchronized void hideToo(Collection<Secret> more) {
    List<Secret> unknown = more.stream().filter(secret -> !hidden.contains(secret)).toList();
    if (!unknown.isEmpty()) {
      List<Secret> all = new ArrayList<>(hidden);
      all.addAll(unknown);
      hide(all);
    }
  }

  /** Removes what must not be shown. */
  static String redacted(String text) {
    return redaction.apply(text);
  }

  /** The logger context of this process now exists. */
  static synchronized void begin(LoggerContext begun) {
    context = begun;
    apply();
  }

  private static void configure(LogFormat form, LogLevel level, OutputStream out) {
    Setup wanted = new Setup(form, level, out);
    // Without the lock: getting the first logger takes it in begin.
    set(wanted, LateLog.isChosen() ? null : (LoggerContext) LoggerFactory.getILoggerFactory());
  }

  private static synchronized void set(Setup wanted, @Nullable LoggerContext existing) {
    setup = wanted;
    context = existing == null ? context : existing;
    apply();
  }

  private static synchronized void apply() {
    if (setup == null || context == null) {
      return;
    }
    Logging.configure(context, setup.form(), setup.level(), redaction, setup.out());
    // A broker in this process logs every partition under a name outside its package.
    context.getLogger("state.change.logger").setLevel(Level.WARN);
  }
}
