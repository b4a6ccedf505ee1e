package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.events.ConversionRequest;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.rules.PlacementSettings;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.SuffixSettings;
import dev.longshore.rules.TagSettings;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.testing.RandomImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Rules, keys and images for tests of further modes. */
public final class Modes {
  private Modes() {}

  public static RuleSettings rule(String match, List<Mode> modes, List<String> recipients) {
    return new RuleSettings(
        match,
        modes,
        List.of(),
        3,
        1,
        PlacementSettings.ANYWHERE,
        null,
        TagSettings.ALL,
        SuffixSettings.DEFAULT,
        recipients,
        List.of(),
        List.of(),
        null,
        null);
  }

  public static KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A recipient whose public key is in a file of this folder. */
  public static String recipient(Path folder, KeyPair keys) {
    String pem =
        "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n"
            .formatted(
                Base64.getMimeEncoder(64, new byte[] {'\n'})
                    .encodeToString(keys.getPublic().getEncoded()));
    try {
      Path file = Files.createTempFile(folder, "public", ".pem");
      Files.writeString(file, pem, StandardCharsets.US_ASCII);
      return "jwe:" + file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static PermanentFailure refused(TestConverter converter, Descriptor top, String mode) {
    return catchThrowableOfType(
        PermanentFailure.class,
        () ->
            converter.handle(
                observed(
                    APP,
                    "1",
                    top,
                    new ConversionRequest(List.of(new ModeName(mode)), List.of(), List.of()))));
  }

  static Descriptor artifact(Uploads uploads) {
    return uploads.push(
        ImageManifest.of(
            new ManifestHead(
                Optional.of(MediaType.OCI_MANIFEST),
                Optional.of("application/vnd.example.sbom"),
                Optional.empty(),
                Map.of()),
            uploads.layer(MediaType.OCI_EMPTY, "{}".getBytes(StandardCharsets.UTF_8)),
            List.of(uploads.layer("text/plain", new byte[] {1}))));
  }

  static List<ImageManifest> runnable(StoredLayout stored) throws IOException {
    return stored.images().stream()
        .filter(
            image ->
                image.layers().stream().noneMatch(layer -> layer.mediaType().contains("in-toto")))
        .toList();
  }

  static ImageManifest manifest(RandomImage image) {
    Manifest root = Manifest.parse(image.root().body(), image.root().mediaType());
    return switch (root) {
      case ImageManifest manifest -> manifest;
      case ImageIndex _ -> throw new AssertionError("an image for one platform is needed");
    };
  }

  /** The same image under another digest. */
  static RandomImage spaced(RandomImage image) {
    byte[] bytes =
        new String(image.root().body(), StandardCharsets.UTF_8)
            .replace("\"schemaVersion\":2", "\"schemaVersion\": 2")
            .getBytes(StandardCharsets.UTF_8);
    String digest = Digest.of(bytes).toString();
    return new RandomImage(
        digest,
        List.of(new RandomImage.StoredManifest(digest, image.root().mediaType(), bytes)),
        image.blobs());
  }
}
