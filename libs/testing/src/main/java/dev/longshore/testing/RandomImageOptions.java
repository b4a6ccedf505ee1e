package dev.longshore.testing;

import java.util.List;

/**
 * What a {@link RandomImage} is made of.
 *
 * @param platforms {@code os/architecture} of each; with one and no attestations the image is a
 *     single manifest, else an index
 * @param layers of each platform
 * @param layerBytes about the size of a layer's files before compression
 * @param docker Docker's schema 2 in place of OCI
 * @param attestations one in-toto manifest for each platform
 * @param annotations unicode and {@code <>&} in manifests, index and descriptors
 * @param sharedBase whether the first layer is the same for all platforms
 * @param emptyLayer whether an empty tar is the last layer
 */
public record RandomImageOptions(
    List<String> platforms,
    int layers,
    int layerBytes,
    boolean docker,
    boolean attestations,
    boolean annotations,
    boolean sharedBase,
    boolean emptyLayer) {

  public RandomImageOptions {
    platforms = List.copyOf(platforms);
  }

  /** One platform, two layers of about 2 kB, OCI. */
  public static RandomImageOptions small() {
    return new RandomImageOptions(
        List.of("linux/amd64"), 2, 2_000, false, false, false, false, false);
  }

  /** Three platforms with attestations and annotations. */
  public static RandomImageOptions multiPlatform() {
    return new RandomImageOptions(
        List.of("linux/amd64", "linux/arm64", "linux/arm"),
        3,
        2_000,
        false,
        true,
        true,
        true,
        false);
  }

  /** About the size of all files. */
  long bytes() {
    return (long) platforms.size() * layers * layerBytes;
  }

  public RandomImageOptions withPlatforms(String... names) {
    return new RandomImageOptions(
        List.of(names),
        layers,
        layerBytes,
        docker,
        attestations,
        annotations,
        sharedBase,
        emptyLayer);
  }

  public RandomImageOptions withLayers(int count, int bytesEach) {
    return new RandomImageOptions(
        platforms, count, bytesEach, docker, attestations, annotations, sharedBase, emptyLayer);
  }

  public RandomImageOptions asDocker() {
    return new RandomImageOptions(
        platforms, layers, layerBytes, true, false, false, sharedBase, emptyLayer);
  }

  public RandomImageOptions withAnnotations() {
    return new RandomImageOptions(
        platforms, layers, layerBytes, docker, attestations, true, sharedBase, emptyLayer);
  }

  public RandomImageOptions withAttestations() {
    return new RandomImageOptions(
        platforms, layers, layerBytes, docker, true, annotations, sharedBase, emptyLayer);
  }

  public RandomImageOptions withEmptyLayer() {
    return new RandomImageOptions(
        platforms, layers, layerBytes, docker, attestations, annotations, sharedBase, true);
  }
}
