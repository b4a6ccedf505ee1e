package dev.longshore.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.testing.SharedKubos;
import dev.longshore.programs.Command;
import dev.longshore.programs.Tools;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RealEdge;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The pull part of the distribution specification's own conformance suite. */
@Timeout(180)
class ConformanceIT {
  @RegisterExtension static final SharedKubos KUBOS = new SharedKubos(2);
  @TempDir Path folder;

  @Test
  void pullPartPassesWithNothingFailed() throws Exception {
    try (RealEdge edge = new RealEdge(folder.resolve("home"), KUBOS.get(0), KUBOS.get(1))) {
      MirroredImage image =
          edge.mirror(RandomImage.of(21, RandomImageOptions.multiPlatform()), "v1", "v2", "v3");
      Path results = folder.resolve("results");
      Command suite =
          Tools.ofProject()
              .command("conformance")
              .in(Files.createDirectories(folder.resolve("work")))
              .with(
                  Map.of(
                      "OCI_REGISTRY",
                      edge.resolver().registry(),
                      "OCI_TLS",
                      "disabled",
                      "OCI_REPO1",
                      Edge.REPOSITORY,
                      "OCI_API_PUSH",
                      "false",
                      "OCI_API_BLOBS_DIGEST_HEADER",
                      "true",
                      "OCI_RESULTS_DIR",
                      results.toString()))
              .with(
                  Map.of(
                      "OCI_API_BLOBS_DELETE",
                      "false",
                      "OCI_API_MANIFESTS_DELETE",
                      "false",
                      "OCI_API_TAGS_DELETE",
                      "false",
                      "OCI_RO_DATA_TAGS",
                      "v1 v2 v3",
                      "OCI_RO_DATA_MANIFESTS",
                      image.image().manifests().stream()
                          .map(RandomImage.StoredManifest::digest)
                          .collect(Collectors.joining(" ")),
                      "OCI_RO_DATA_BLOBS",
                      String.join(" ", image.image().blobs().keySet()),
                      "OCI_RO_DATA_REFERRERS",
                      image.digest().toString()));

      Command.Ended ended = suite.tryTo();

      String output = ended.out() + ended.err();
      // Its report is what counts: without pushes this version ends in a fault of its own while it
      // writes results.yaml, whatever it found.
      assertThat(output).contains("OCI Conformance Test: Pass").doesNotContain(": FAIL", ": Error");
      assertThat(output.lines().filter(line -> line.endsWith(": Pass")).count())
          .as("it did test something: %s", output)
          .isGreaterThan(40);
    }
  }
}
