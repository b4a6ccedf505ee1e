package dev.longshore.oci.testing;

import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.testing.RandomImage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Artifacts that refer to an image. */
public final class Referrers {
  public static final String SIGNATURE_TYPE = "application/vnd.example.signature.v1";

  private Referrers() {}

  /** A signature of that image: an artifact manifest with it as subject. */
  public static RandomImage signatureOf(RandomImage image, String text) {
    byte[] config = "{}".getBytes(StandardCharsets.US_ASCII);
    byte[] layer = text.getBytes(StandardCharsets.UTF_8);
    var subject =
        new Descriptor(
            image.root().mediaType(), Digest.parse(image.rootDigest()), image.root().body().length);
    var head =
        new ManifestHead(
            Optional.of(MediaType.OCI_MANIFEST),
            Optional.of(SIGNATURE_TYPE),
            Optional.of(subject),
            Map.of("dev.longshore.signer", "<test & co>"));
    var layerDescriptor = Descriptor.of("application/vnd.example.signature.payload", layer);
    ImageManifest manifest =
        ImageManifest.of(
            head, Descriptor.of(MediaType.OCI_EMPTY, config), List.of(layerDescriptor));
    String digest = manifest.digest().toString();
    var stored =
        new RandomImage.StoredManifest(digest, manifest.mediaType(), manifest.raw().bytes());
    return new RandomImage(
        digest,
        List.of(stored),
        Map.of(Digest.of(config).toString(), config, layerDescriptor.digest().toString(), layer));
  }
}
