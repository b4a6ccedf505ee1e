package dev.longshore.app.cli;

import dev.longshore.app.parts.Ports;
import dev.longshore.app.query.find.ExitCode;
import picocli.CommandLine.Option;

/** Where a development run listens. */
final class PortOption {
  @Option(
      names = "--port-offset",
      paramLabel = "N",
      description = "number to add to every port, so that two runs fit on one machine")
  private int offset;

  Ports ports() throws CommandException {
    try {
      return new Ports(offset);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, "--" + e.getMessage(), e);
    }
  }
}
