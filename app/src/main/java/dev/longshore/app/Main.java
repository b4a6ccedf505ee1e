package dev.longshore.app;

import dev.longshore.app.cli.FewJars;
import dev.longshore.app.cli.LateLog;
import dev.longshore.app.cli.LongshoreCommand;

/** The launcher's entry point. */
public final class Main {
  /**
   * Lifetime of an idle connection, short enough to drop one to an outdated address between two
   * tries.
   */
  private static final String IDLE_SECONDS = "5";

  private Main() {}

  /** Runs one command; its exit code is that of the process. */
  public static void main(String[] arguments) {
    LateLog.choose();
    System.setProperty("jdk.httpclient.keepalive.timeout", IDLE_SECONDS);
    int code =
        FewJars.given()
            ? FewJars.run(arguments, System.out, System.err)
            : LongshoreCommand.run(arguments, System.out, System.err);
    // Running library threads must not keep a command from ending. Without any it returns, because
    // exit searches every jar of the class path for a logger.
    if (code != 0 || Thread.currentThread().getThreadGroup().activeCount() > 1) {
      System.exit(code);
    }
  }
}
