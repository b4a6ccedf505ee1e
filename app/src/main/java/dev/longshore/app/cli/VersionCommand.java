package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.longshore.app.Version;
import dev.longshore.app.query.find.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code version}: which Longshore this is. */
@Command(name = "version", description = "Prints the version.")
final class VersionCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();

  VersionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (options.json) {
      terminal.json(
          JsonNodeFactory.instance
              .objectNode()
              .put("version", Version.NUMBER)
              .put("java", Runtime.version().toString()));
    } else {
      terminal.result("longshore " + Version.NUMBER + " on Java " + Runtime.version());
    }
    return ExitCode.COMPLETE.code();
  }
}
