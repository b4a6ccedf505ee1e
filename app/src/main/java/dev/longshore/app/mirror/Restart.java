package dev.longshore.app.mirror;

import dev.longshore.programs.Command;
import dev.longshore.programs.ProgramException;
import java.io.IOException;
import java.time.Duration;

/**
 * A unit of systemd that has to read its settings again.
 *
 * @param verb {@code restart} or {@code reload}
 */
record Restart(String verb, String unit) {
  /** k3s answers systemd only when it is ready. */
  private static final Duration LIMIT = Duration.ofMinutes(5);

  void run() throws InterruptedException, MirrorException {
    try {
      Command.of("systemctl", verb, unit).within(LIMIT).run();
    } catch (ProgramException e) {
      throw new MirrorException(
          "the files are written, but %s: run '%s'".formatted(e.getMessage(), this), e);
    } catch (IOException e) {
      throw new MirrorException(
          "the files are written, but systemctl cannot be run: run '%s'".formatted(this), e);
    }
  }

  /** As it would be typed. */
  @Override
  public String toString() {
    return "systemctl " + verb + " " + unit;
  }
}
