package dev.longshore.converter;

import static dev.longshore.converter.Uploads.on;

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
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Images of every shape, with what their root CIDs are; RootCidIT asks nerdctl for the same. */
enum SampleImage {
  ONE_PLATFORM(
      "bafkreid7fnh3shystme232nmyo2zqppq7fsuqomfw5lyvhw3qnj7pjhsqu",
      random(1, RandomImageOptions.small())),
  ATTESTATIONS_AND_ODD_ANNOTATIONS(
      "bafkreiajrtmxsj6kqa2ayeg3axuedhp6t5z4wdodmgiix5ymt4alyojohm",
      random(2, RandomImageOptions.multiPlatform())),
  ONE_PLATFORM_CHOSEN(
      "bafkreid47oqefcxrsu67nqbn7jpfcpcji6bxglpwyiopixhy52vyyirlxa",
      random(3, RandomImageOptions.multiPlatform()),
      "linux/arm64"),
  TWO_PLATFORMS_CHOSEN(
      "bafkreigcw7br4hbpsweyxjpfp26nscfjqu64w6tkkiqqe64gxopfrmyqya",
      random(4, RandomImageOptions.multiPlatform()),
      "linux/amd64",
      "linux/arm/v7"),
  DOCKER_SCHEMA_2(
      "bafkreiejp3yix5qvgk7i6256jay3lqrf2cabd5urwib2mt7lccks2z5jcy",
      random(5, RandomImageOptions.small().asDocker())),
  DOCKER_MANIFEST_LIST(
      "bafkreieytycvvdjhdod27ohecc4quh6zl5vzgcndllu5eq4mdnojpkf22y",
      random(6, RandomImageOptions.multiPlatform().asDocker())),
  EMPTY_TAR_AS_LAYER(
      "bafkreieoivw5uvnmxicjtwsd3a5o4wict4hrollweqwlxdcil2q2owo53m",
      random(7, RandomImageOptions.small().withEmptyLayer())),
  ODD_ANNOTATIONS(
      "bafkreih5rs6dchooydduqncqlhcau7hxewozg2ggkvsaaliylazgutb5wy",
      random(8, RandomImageOptions.small().withAnnotations())),
  LAYER_OF_SOME_LEAVES(
      "bafkreic54hgs263uvfouc5rbfvpm2uzkhodqupti73itvbhmghozo7lwza",
      random(9, RandomImageOptions.small().withLayers(1, 3_000_000))),
  LAYER_OF_0_BYTES(
      "bafkreideiin6eb37gnpfkx24holn6pgs6fcuxhwbfy4xqdgztaolk2tq4u",
      uploads -> image(uploads, "amd64", new byte[0])),
  LAYER_OF_1_LEAF(
      "bafkreick2mae6ti7xb7v5f52z7hse4n6bzqru7plkyrqab4fniqcplosnu",
      uploads -> image(uploads, "amd64", tarOf(SampleImage.LEAF))),
  LAYER_OF_175_LEAVES(
      "bafkreiddxlv56qcz5gy3fft4k75vwcp6qsfhzpccaddseg4fkrrilneiiy",
      uploads -> image(uploads, "amd64", tarOf(175 * SampleImage.LEAF))),
  NESTED_INDEXES(
      "bafkreie6nnucrb2phi5u3xouqbcvmkfyt5h2wjwfadd4s6ou3rdu45jwvm", SampleImage::nested);

  /** Bytes of a leaf. */
  private static final int LEAF = 262_144;

  private final String root;
  private final Parts parts;
  private final List<String> platforms;

  SampleImage(String root, Parts parts, String... platforms) {
    this.root = root;
    this.parts = parts;
    this.platforms = List.of(platforms);
  }

  /** Pushes everything and gives the top. */
  private interface Parts {
    Descriptor push(Uploads uploads);
  }

  /** Pushes the image as tag 1. */
  Descriptor push(InMemoryRegistry registry, RepositoryName name) {
    Descriptor top = parts.push(new Uploads(registry, name));
    registry.tag(name, "1", top.digest());
    return top;
  }

  String root() {
    return root;
  }

  /** What is asked for; none means all. */
  List<String> platforms() {
    return platforms;
  }

  String repository() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Parts random(long seed, RandomImageOptions options) {
    return uploads -> uploads.push(RandomImage.of(seed, options));
  }

  /** A tar of exactly this size. */
  private static byte[] tarOf(int size) {
    int overhead = Tar.of(Map.of("content", new byte[512])).length - 512;
    return Tar.of(Map.of("content", Uploads.bytes(size, size - overhead)));
  }

  private static Descriptor nested(Uploads uploads) {
    Descriptor one = on("linux/amd64", image(uploads, "amd64", tarOf(10_240)));
    Descriptor two = on("linux/arm64", image(uploads, "arm64", tarOf(20_480)));
    return uploads.index(uploads.index(one), two);
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
