package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.LongshoreProcess.Ended;
import dev.longshore.model.Reference;
import dev.longshore.oci.Descriptor;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A development run for the commands of {@link CommandsIT}, with one image. */
abstract class RunningCommands {
  static final long SEED = 20_261_124;
  static final Duration PATIENCE = Duration.ofMinutes(1);

  static final RandomImageOptions TWO_PLATFORMS =
      RandomImageOptions.small().withPlatforms("linux/amd64", "linux/arm64");

  @TempDir static Path folder;
  static CommandBed bed;
  static Reference app;
  static Descriptor pushed;
  static String root;

  @BeforeAll
  static void start() throws Exception {
    bed = new CommandBed(folder);
    try {
      Ended refused = bed.runSmall("up");
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.err())
          .contains("small.hints: does not exist", "longshore topics --create");
      assertThat(bed.runSmall("topics", "--create").out()).contains("created small.pins");
      bed.startSmall();
      app = bed.name("team/app", "1.0");
      pushed = bed.toRegistry(app, RandomImage.of(SEED, TWO_PLATFORMS));
      Ended push = bed.run("push", app.toString());
      assertThat(push.exitCode()).as(push.err()).isZero();
      root = push.lastLine();
    } catch (Exception | AssertionError e) {
      bed.close();
      throw e;
    }
  }

  @AfterAll
  static void stop() throws Exception {
    bed.close();
  }
}
