package dev.longshore.app.keyholder;

import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.RegistryException.Attempt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One manifest of an image with its layers, lowest first.
 *
 * @param descriptor of the manifest, with its platform if an index has it
 */
public record InspectedImage(Descriptor descriptor, List<InspectedLayer> layers) {
  public InspectedImage {
    layers = List.copyOf(layers);
  }

  /** Reads all manifests behind the name, in the index's order; reads no layers. */
  public static List<InspectedImage> of(ImageAt image) throws IOException {
    List<InspectedImage> found = new ArrayList<>();
    add(image, image.source().resolve(image.from()), 0, found);
    return List.copyOf(found);
  }

  private static void add(ImageAt image, Descriptor entry, int depth, List<InspectedImage> found)
      throws IOException {
    if (depth > ImageCopy.NESTING) {
      throw new KeyholderException(
          KeyholderException.Kind.LIMIT,
          "%s: indexes are nested deeper than %d".formatted(image.asked(), ImageCopy.NESTING));
    }
    byte[] body = image.source().manifest(image.from().name(), entry.digest());
    Attempt attempt = new Attempt("read", image.from().name() + "@" + entry.digest());
    switch (Manifest.parse(body, entry.mediaType(), attempt)) {
      case ImageIndex index -> {
        for (Descriptor child : index.manifests()) {
          if (MediaType.isManifest(child.mediaType())) {
            add(image, child, depth + 1, found);
          }
        }
      }
      case ImageManifest manifest ->
          found.add(
              new InspectedImage(
                  entry, manifest.layers().stream().map(InspectedLayer::of).toList()));
    }
  }

  /** Whether one of its layers is encrypted. */
  public boolean encrypted() {
    return layers.stream().anyMatch(InspectedLayer::encrypted);
  }
}
