package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.observed;
import static dev.longshore.converter.Uploads.on;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.ConversionRequest;
import dev.longshore.events.ImageState;
import dev.longshore.ipfs.testing.SharedKubos;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.RepositoryName;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import dev.longshore.testing.Tar;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The root CID is the one that nerdctl prints for the same image of the same registry. */
class RootCidIT {
  private static final int LEAF = 262_144;

  @RegisterExtension static final SharedKubos KUBOS = new SharedKubos(2);
  @TempDir static Path folder;
  private static RealRegistry registry;
  private static Containerd containerd;

  @BeforeAll
  static void start() throws Exception {
    registry = RealRegistry.start(folder);
    containerd = Containerd.start(folder.resolve("containerd"));
  }

  @AfterAll
  static void stop() throws Exception {
    containerd.close();
    registry.close();
  }

  /** An image and the platforms that are asked for; none means all. */
  record Case(
      String name, BiConsumer<InMemoryRegistry, RepositoryName> image, List<String> platforms) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    RandomImageOptions small = RandomImageOptions.small();
    RandomImageOptions wide = RandomImageOptions.multiPlatform();
    return Stream.of(
        random("one-platform", 1, small),
        random("index-with-attestations-and-odd-annotations", 2, wide),
        random("one-platform-chosen", 3, wide, "linux/arm64"),
        random("two-platforms-chosen", 4, wide, "linux/amd64", "linux/arm/v7"),
        random("docker-schema-2", 5, small.asDocker()),
        random("docker-manifest-list", 6, wide.asDocker()),
        random("empty-layer", 7, small.withEmptyLayer()),
        random("odd-annotations", 8, small.withAnnotations()),
        random("layer-of-many-leaves", 9, small.withLayers(1, 3_000_000)),
        new Case("layer-of-1-leaf", (r, name) -> leaves(r, name, 1), List.of()),
        new Case("layer-of-175-leaves", (r, name) -> leaves(r, name, 175), List.of()),
        new Case("nested-indexes", RootCidIT::nested, List.of()));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalsNerdctls(Case image) throws Exception {
    var staging = new InMemoryRegistry();
    RepositoryName name = registry.name(image.name());
    image.image().accept(staging, name);
    Descriptor top = registry.push(staging, name, "1");

    var converter = new TestConverter(registry.images(), KUBOS.get(0).client());
    var request = new ConversionRequest(List.of(), image.platforms(), List.of());
    converter.handle(observed(name, "1", top, request));

    ImageState state = converter.catalog.imagesOf(top.digest().toString()).getFirst();
    assertThat(state.root()).isEqualTo(nerdctl(name + ":1", image.platforms()));
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
    containerd.nerdctl("push", kubo, pull.toArray(String[]::new));
    var push = new ArrayList<>(List.of("push"));
    push.addAll(chosen);
    push.add("ipfs://" + reference);
    return containerd.nerdctl("push", kubo, push.toArray(String[]::new)).strip();
  }

  private static Case random(
      String name, long seed, RandomImageOptions options, String... platforms) {
    return new Case(
        name,
        (registry, repository) -> registry.push(repository, "1", RandomImage.of(seed, options)),
        List.of(platforms));
  }

  /** A layer that is a plain tar of exactly so many leaves. */
  private static void leaves(InMemoryRegistry registry, RepositoryName name, int leaves) {
    int size = leaves * LEAF;
    byte[] tar = tarOf(size);
    assertThat(tar).hasSize(size);
    var uploads = new Uploads(registry, name);
    registry.tag(name, "1", image(uploads, "amd64", tar).digest());
  }

  private static byte[] tarOf(int size) {
    int overhead = Tar.of(Map.of("content", new byte[512])).length - 512;
    return Tar.of(Map.of("content", Uploads.bytes(size, size - overhead)));
  }

  private static void nested(InMemoryRegistry registry, RepositoryName name) {
    var uploads = new Uploads(registry, name);
    Descriptor one = on("linux/amd64", image(uploads, "amd64", tarOf(10_240)));
    Descriptor two = on("linux/arm64", image(uploads, "arm64", tarOf(20_480)));
    registry.tag(name, "1", uploads.index(uploads.index(one), two).digest());
  }

  private static Descriptor image(Uploads uploads, String architecture, byte[] tar) {
    Descriptor layer = uploads.layer(MediaType.OCI_LAYER, tar);
    String config =
        "{\"architecture\":\"%s\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"%s\"]}}"
            .formatted(architecture, layer.digest());
    return uploads.push(
        ImageManifest.of(
            ManifestHead.of(MediaType.OCI_MANIFEST),
            uploads.layer(MediaType.OCI_CONFIG, config.getBytes(StandardCharsets.UTF_8)),
            List.of(layer)));
  }
}
