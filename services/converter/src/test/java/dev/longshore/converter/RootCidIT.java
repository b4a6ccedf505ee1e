package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.ConversionRequest;
import dev.longshore.ipfs.testing.SharedKubos;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.programs.ContainerdServer;
import dev.longshore.programs.RunningProgram;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The root CID is the one that nerdctl prints for the same image of the same registry. */
class RootCidIT {
  @RegisterExtension static final SharedKubos KUBOS = new SharedKubos(2);
  @TempDir static Path folder;
  private static RealRegistry registry;
  private static ContainerdServer containerd;
  private static RunningProgram running;

  @BeforeAll
  static void start() throws Exception {
    registry = RealRegistry.start(folder);
    containerd = ContainerdServer.in(folder.resolve("containerd"));
    running = containerd.start();
  }

  @AfterAll
  static void stop() throws Exception {
    running.close();
    registry.close();
  }

  /** Without the layer of no bytes: containerd pulls no such image. */
  static Stream<SampleImage> images() {
    return SampleImage.all().stream().filter(image -> !image.name().equals("layer-of-0-bytes"));
  }

  @ParameterizedTest
  @MethodSource("images")
  void isTheOneThatNerdctlPrints(SampleImage image) throws Exception {
    var staging = new InMemoryRegistry();
    RepositoryName name = registry.name(image.name());
    image.push(staging, name);
    Descriptor top = registry.push(staging, name, "1");

    var converter = new TestConverter(registry.images(), KUBOS.get(0).client());
    var request = new ConversionRequest(List.of(), image.platforms(), List.of());
    converter.handle(observed(name, "1", top, request));

    assertThat(converter.announced().getFirst().root())
        .hasToString(nerdctl(name + ":1", image.platforms()))
        .hasToString(image.root());
  }

  private static String nerdctl(String reference, List<String> platforms) throws Exception {
    var chosen = new ArrayList<String>();
    if (platforms.isEmpty()) {
      chosen.add("--all-platforms");
    }
    platforms.forEach(platform -> chosen.addAll(List.of("--platform", platform)));
    Path kubo = KUBOS.get(1).repository();
    var pull = new ArrayList<>(List.of("pull", "--quiet", "--unpack=false"));
    pull.addAll(chosen);
    pull.add(reference);
    containerd.nerdctl("push", kubo).run(pull.toArray(String[]::new));
    var push = new ArrayList<>(List.of("push"));
    push.addAll(chosen);
    push.add("ipfs://" + reference);
    return containerd.nerdctl("push", kubo).run(push.toArray(String[]::new)).strip();
  }
}
