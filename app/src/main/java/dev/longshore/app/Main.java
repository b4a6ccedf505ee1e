package dev.longshore.app;

import dev.longshore.app.cli.FewJars;
import dev.longshore.app.cli.LateLog;
import dev.longshore.app.cli.LongshoreCommand;

/** Where the launcher comes in. */
public final class Main {
  /**
   * How long an idle connection is kept. One that was made to an address that had become somebody
   * else's is then let go of between two tries.
   */
  private static final String IDLE_SECONDS = "5";

  private Main() {}

  /** Runs one command; its exit code is the process's. */
  public static void main(String[] arguments) {
    LateLog.choose();
    System.setProperty("jdk.httpclient.keepalive.timeout", IDLE_SECONDS);
    int code =
        FewJars.given()
            ? FewJars.run(arguments, System.out, System.err)
            : LongshoreCommand.run(arguments, System.out, System.err);
    // Threads of libraries that are still at something must not keep a command from ending. Without
    // any it returns: exit looks for somebody to log it in every jar of the class path.
    if (code != 0 || Thread.currentThread().getThreadGroup().activeCount() > 1) {
      System.exit(code);
    }
  }
}
