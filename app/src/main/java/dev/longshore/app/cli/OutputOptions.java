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
        "OCI layout folder to write, or a tar of one if PATH ends in .tar; 'skopeo copy oci:PATH"
            + " ...' and 'nerdctl load -i PATH.tar' read them"
      })
  @Nullable Path output;

  @Option(
      names = "--to",
      paramLabel = "REF",
      description = "registry, repository and tag to push the image to")
  @Nullable String to;

  @Option(
      names = "--name",
      paramLabel = "REF",
      description = {
        "name in the layout, under which 'nerdctl load' stores the image; default: none for a"
            + " decrypted image, the name that you gave for one with other recipients"
      })
  @Nullable String name;

  @Option(
      names = "--platform",
      split = ",",
      paramLabel = "OS/ARCH",
      description = "platforms to take, such as linux/arm64; default: all")
  private List<String> platforms = new ArrayList<>();

  List<Platform> platforms() throws CommandException {
    try {
      return platforms.stream().map(Platform::parse).toList();
    } catch (OciFormatException e) {
      throw new CommandException(ExitCode.USAGE, "--platform: " + e.getMessage(), e);
    }
  }
}
