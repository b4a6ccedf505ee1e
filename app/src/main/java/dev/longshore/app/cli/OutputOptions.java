package dev.longshore.app.cli;

import dev.longshore.app.query.find.ExitCode;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.Platform;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where to write an image made from another. */
final class OutputOptions {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "PATH",
      description = {
        "an OCI image layout folder, or one tar of it if the name ends with .tar;",
        "'skopeo copy oci:PATH ...' and 'nerdctl load -i PATH.tar' read it"
      })
  @Nullable Path output;

  @Option(
      names = "--to",
      paramLabel = "REF",
      description = "a registry's repository and tag to push it to")
  @Nullable String to;

  @Option(
      names = "--name",
      paramLabel = "REF",
      description = {
        "its name in the layout, under which 'nerdctl load' stores it; if absent, a decrypted",
        "image has none, and one for other recipients keeps the name that you gave"
      })
  @Nullable String name;

  @Option(
      names = "--platform",
      split = ",",
      paramLabel = "OS/ARCH",
      description = "platforms to take, such as linux/arm64; all if absent")
  private List<String> platforms = new ArrayList<>();

  List<Platform> platforms() throws CommandException {
    try {
      return platforms.stream().map(Platform::parse).toList();
    } catch (OciFormatException e) {
      throw new CommandException(ExitCode.USAGE, "--platform: " + e.getMessage(), e);
    }
  }
}
