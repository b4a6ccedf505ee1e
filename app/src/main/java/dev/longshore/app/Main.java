package dev.longshore.app;

import dev.longshore.app.cli.LongshoreCommand;
import java.security.Security;

/** Where the launcher comes in. */
public final class Main {
  /** How long an address is believed: a container that is made anew has another one. */
  private static final String ADDRESS_SECONDS = "3";

  /** How long it is believed that a name has none, as while its container starts. */
  private static final String NO_ADDRESS_SECONDS = "1";

  /**
   * How long an idle connection is kept. One that was made to an address that had become somebody
   * else's is then let go of between two tries.
   */
  private static final String IDLE_SECONDS = "5";

  private Main() {}

  /** Runs one command; its exit code is the process's. */
  public static void main(String[] arguments) {
    System.setProperty("jdk.httpclient.keepalive.timeout", IDLE_SECONDS);
    Security.setProperty("networkaddress.cache.ttl", ADDRESS_SECONDS);
    Security.setProperty("networkaddress.cache.negative.ttl", NO_ADDRESS_SECONDS);
    // Threads of libraries that are still at something must not keep a command from ending.
    System.exit(LongshoreCommand.run(arguments, System.out, System.err));
  }
}
