package dev.longshore.app.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A script below deploy/ that tests with what was built, and ends what it started. */
record DeployScript(String path, int limitMinutes) {
  /** Runs it to its good end; what it said. */
  String run(Path folder) throws IOException, InterruptedException {
    Path root = Path.of(System.getProperty("longshore.root"));
    Path said = folder.resolve("said");
    Process process =
        new ProcessBuilder(root.resolve(path).toString(), "--as-built")
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    boolean ended = process.waitFor(limitMinutes, TimeUnit.MINUTES);
    if (!ended) {
      process.destroy();
      process.waitFor(1, TimeUnit.MINUTES);
    }
    String text = Files.readString(said);
    System.out.print(text);
    assertThat(ended).isTrue();
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }
}
