package dev.longshore.app.cli;

import dev.longshore.app.parts.Ports;
import dev.longshore.app.query.find.ExitCode;
import picocli.CommandLine.Option;

/** Where a development run listens. */
final class PortOption {
  @Option(
      names = "--port-offset",
      paramLabel = "N",
      description = "added to every port, so that two runs can stand side by side")
  private int offset;

  Ports ports() throws CommandException {
    try {
      return new Ports(offset);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, "--" + e.getMessage(), e);
    }
  }
}
