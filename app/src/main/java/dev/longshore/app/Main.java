package dev.longshore.app;

import dev.longshore.app.cli.LongshoreCommand;

/** Where the launcher comes in. */
public final class Main {
  private Main() {}

  /** Runs one command; its exit code is the process's. */
  public static void main(String[] arguments) {
    // Threads of libraries that are still at something must not keep a command from ending.
    System.exit(LongshoreCommand.run(arguments, System.out, System.err));
  }
}
