package dev.longshore.app.cli;

import dev.longshore.oci.files.OciLayoutWriter;
import java.io.IOException;

/** Removes what was decrypted so far when the user interrupts the command. */
final class OnInterrupt implements AutoCloseable {
  private final Thread hook;

  private OnInterrupt(Thread hook) {
    this.hook = hook;
  }

  static OnInterrupt remove(OciLayoutWriter layout) {
    Thread hook = Thread.ofPlatform().name("remove").unstarted(() -> close(layout));
    Runtime.getRuntime().addShutdownHook(hook);
    return new OnInterrupt(hook);
  }

  private static void close(OciLayoutWriter layout) {
    try {
      layout.close();
    } catch (IOException e) {
      // The process is ending; there is nobody to report to.
      return;
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The hook is already running.
      return;
    }
  }
}
