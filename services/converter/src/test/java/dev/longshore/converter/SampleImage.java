package dev.longshore.converter;

import static dev.longshore.converter.Uploads.on;

import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import dev.longshore.testing.Tar;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Images of every shape, with what their root CIDs are; RootCidIT asks nerdctl for the same.
 *
 * @param root the root CID
 * @param platforms what is asked for; none means all
 */
record SampleImage(String name, String root, Parts parts, List<String> platforms) {
  /** Bytes of a leaf. */
  private static final int LEAF = 262_144;

  private static final List<SampleImage> ALL =
      List.of(
          of(
              "one-platform",
              "bafkreid7fnh3shystme232nmyo2zqppq7fsuqomfw5lyvhw3qnj7pjhsqu",
              random(1, RandomImageOptions.small())),
          of(
              "attestations-and-odd-annotations",
              "bafkreiajrtmxsj6kqa2ayeg3axuedhp6t5z4wdodmgiix5ymt4alyojohm",
              random(2, RandomImageOptions.multiPlatform())),
          of(
              "one-platform-chosen",
              "bafkreid47oqefcxrsu67nqbn7jpfcpcji6bxglpwyiopixhy52vyyirlxa",
              random(3, RandomImageOptions.multiPlatform()),
              "linux/arm64"),
          of(
              "two-platforms-chosen",
              "bafkreigcw7br4hbpsweyxjpfp26nscfjqu64w6tkkiqqe64gxopfrmyqya",
              random(4, RandomImageOptions.multiPlatform()),
              "linux/amd64",
              "linux/arm/v7"),
          of(
              "docker-schema-2",
              "bafkreiejp3yix5qvgk7i6256jay3lqrf2cabd5urwib2mt7lccks2z5jcy",
              random(5, RandomImageOptions.small().asDocker())),
          of(
              "docker-manifest-list",
              "bafkreieytycvvdjhdod27ohecc4quh6zl5vzgcndllu5eq4mdnojpkf22y",
              random(6, RandomImageOptions.multiPlatform().asDocker())),
          of(
              "empty-tar-as-layer",
              "bafkreieoivw5uvnmxicjtwsd3a5o4wict4hrollweqwlxdcil2q2owo53m",
              random(7, RandomImageOptions.small().withEmptyLayer())),
          of(
              "odd-annotations",
              "bafkreih5rs6dchooydduqncqlhcau7hxewozg2ggkvsaaliylazgutb5wy",
              random(8, RandomImageOptions.small().withAnnotations())),
          of(
              "layer-of-some-leaves",
              "bafkreic54hgs263uvfouc5rbfvpm2uzkhodqupti73itvbhmghozo7lwza",
              random(9, RandomImageOptions.small().withLayers(1, 3_000_000))),
          of(
              "layer-of-0-bytes",
              "bafkreideiin6eb37gnpfkx24holn6pgs6fcuxhwbfy4xqdgztaolk2tq4u",
              uploads -> image(uploads, "amd64", new byte[0])),
          of(
              "layer-of-1-leaf",
              "bafkreick2mae6ti7xb7v5f52z7hse4n6bzqru7plkyrqab4fniqcplosnu",
              uploads -> image(uploads, "amd64", tarOf(LEAF))),
          of(
              "layer-of-175-leaves",
              "bafkreiddxlv56qcz5gy3fft4k75vwcp6qsfhzpccaddseg4fkrrilneiiy",
              uploads -> image(uploads, "amd64", tarOf(175 * LEAF))),
          of(
              "nested-indexes",
              "bafkreie6nnucrb2phi5u3xouqbcvmkfyt5h2wjwfadd4s6ou3rdu45jwvm",
              SampleImage::nested));

  /** Pushes everything and gives the top. */
  interface Parts {
    Descriptor push(Uploads uploads);
  }

  static List<SampleImage> all() {
    return ALL;
  }

  static SampleImage named(String name) {
    return ALL.stream().filter(image -> image.name.equals(name)).findFirst().orElseThrow();
  }

  /** Pushes the image as tag 1. */
  Descriptor push(InMemoryRegistry registry, RepositoryName repository) {
    Descriptor top = parts.push(new Uploads(registry, repository));
    registry.tag(repository, "1", top.digest());
    return top;
  }

  @Override
  public String toString() {
    return name;
  }

  private static SampleImage of(String name, String root, Parts parts, String... platforms) {
    return new SampleImage(name, root, parts, List.of(platforms));
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
