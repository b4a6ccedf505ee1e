package dev.longshore.app.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.programs.Command;
import dev.longshore.programs.Tools;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** kubeconform reads {@code deploy/kubernetes} by what Kubernetes says of each kind. */
class KubernetesSchemaIT {
  private static final Tools TOOLS = Tools.ofProject();
  private static final Path SCHEMA =
      Path.of("src/test/resources/kubernetes/schema.json").toAbsolutePath();

  @TempDir Path folder;

  private static String text(String file) throws Exception {
    return Files.readString(TOOLS.root().resolve("deploy/kubernetes").resolve(file));
  }

  private Command.Ended read(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("read.yaml"), text);
    return TOOLS
        .command("kubeconform", "-strict", "-verbose", "-schema-location", SCHEMA.toString())
        .tryTo(file.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"site.yaml", "join.yaml", "remove.yaml"})
  void kubernetesKnowsEveryField(String file) throws Exception {
    String text = text(file);

    Command.Ended ended = read(text);

    assertThat(ended.exitCode()).as(ended.out() + ended.err()).isZero();
    assertThat(ended.out().lines().filter(line -> line.endsWith(" is valid")))
        .as(ended.out())
        .hasSize((int) text.lines().filter(line -> line.startsWith("kind: ")).count());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hostNetwork: true|hostNetwrok: true",
        "periodSeconds: 10|periodSeconds: soon",
        "apiVersion: apps/v1|apiVersion: apps/v2",
        "kind: DaemonSet|kind: DeamonSet",
        "          image: ipfs/kubo:v0.43.1|          images: ipfs/kubo:v0.43.1",
      })
  void aMistakeIsFound(String right, String wrong) throws Exception {
    String text = text("site.yaml");
    assertThat(text).contains(right);

    assertThat(read(text.replace(right, wrong)).exitCode()).isEqualTo(1);
  }

  @Test
  void whatIsMissingIsFound() throws Exception {
    String text = text("site.yaml");

    assertThat(read(text.replace("  selector:\n    matchLabels: *labels\n", "")).exitCode())
        .isEqualTo(1);
  }
}
