package dev.longshore.converter.mode;

import dev.longshore.converter.blob.BegunBlob;
import dev.longshore.converter.blob.LayerTransform;
import dev.longshore.converter.blob.StoredBlob;
import dev.longshore.converter.blob.UnfitLayerException;
import dev.longshore.converter.source.ImagePlan;
import dev.longshore.converter.source.PlanNode;
import dev.longshore.converter.source.Reason;
import dev.longshore.ipfs.BlockSink;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.MediaType;
import dev.longshore.ocicrypt.EncryptedLayer;
import dev.longshore.ocicrypt.EncryptedMediaType;
import dev.longshore.ocicrypt.LayerChoice;
import dev.longshore.ocicrypt.LayerCipher;
import dev.longshore.ocicrypt.LayerKeys;
import dev.longshore.ocicrypt.OcicryptException;
import dev.longshore.ocicrypt.Recipients;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Encrypts the layers of images. Leaves out whatever describes a plain image: attestations, which
 * name its digests and list its files, and every other artifact.
 */
record EncryptedMode(Recipients recipients, LayerChoice choice, boolean alone, SecureRandom random)
    implements ConversionMode {
  /** Layer types whose digest is that of their tar. */
  private static final Set<String> UNCOMPRESSED =
      Set.of(MediaType.OCI_LAYER, MediaType.DOCKER_LAYER);

  @Override
  public LayerTransform of(PlanNode.Image image, int layer) throws PermanentFailure {
    if (!ConversionMode.isChangeable(image, layer) || !isChosen(image, layer)) {
      return LayerTransform.AS_IS;
    }
    return new Ciphertext(recipients, alone, random);
  }

  private boolean isChosen(PlanNode.Image image, int layer) throws PermanentFailure {
    try {
      return choice.of(image.manifest().layers().size()).contains(layer);
    } catch (OcicryptException e) {
      throw Reason.LAYERS_UNKNOWN.failure(
          "%s: %s".formatted(image.descriptor().digest(), e.getMessage()), e);
    }
  }

  @Override
  public EncryptedMode knowing(Map<Digest, byte[]> configs) {
    return this;
  }

  @Override
  public boolean keeps(PlanNode entry) {
    return isImage(entry);
  }

  /** Whether it is an image, or an index of some, rather than something about one. */
  static boolean isImage(PlanNode entry) {
    return switch (entry) {
      case PlanNode.Index(_, var index, _) ->
          index.subject().isEmpty() && index.artifactType().isEmpty();
      case PlanNode.Image image -> image.isRunnable();
      case PlanNode.Blob _ -> false;
    };
  }

  /** The config names tars, which encryption does not change. */
  @Override
  public boolean rewritesConfig(PlanNode.Image image) {
    return false;
  }

  /** A referrer or an artifact would enter IPFS in the clear. */
  @Override
  public void requireFit(ImagePlan plan) throws PermanentFailure {
    if (!keeps(plan.top()) || !hasSecret(plan.top())) {
      throw Reason.NOTHING_TO_ENCRYPT.failure(
          "%s: not an image whose layers could be encrypted, and in mode encrypted nothing else is stored (to store such content readable for all, add plain to modes of its rule)"
              .formatted(plan.digest()));
    }
    if (alone) {
      requireSecret(plan.top());
    }
  }

  @Override
  public boolean mayNameDigests() {
    return false;
  }

  private void requireSecret(PlanNode node) throws PermanentFailure {
    switch (node) {
      case PlanNode.Index(_, _, var kept) -> {
        for (PlanNode entry : kept) {
          requireSecret(entry);
        }
      }
      case PlanNode.Image image -> {
        for (int i = 0; i < image.manifest().layers().size(); i++) {
          if (isChosen(image, i)) {
            requireSecret(image, i);
          }
        }
      }
      case PlanNode.Blob _ -> {}
    }
  }

  /** The rule itself makes the layers it leaves out readable. */
  private static void requireSecret(PlanNode.Image image, int number) throws PermanentFailure {
    Descriptor layer = image.manifest().layers().get(number);
    if (UNCOMPRESSED.contains(layer.mediaType())) {
      throw Reason.LAYER_READABLE.failure(
          "%s: layer %d (%s) is an uncompressed tar, whose digest the config, which stays readable, has as its diff_id; in a repository whose rule has only mode encrypted, no digest of a plain layer may be revealed (push the image with gzip or zstd layers, or leave the layer out of layers of its rule)"
              .formatted(image.descriptor().digest(), number, layer.mediaType()));
    }
    if (!ConversionMode.isChangeable(image, number) && !isCiphertext(layer)) {
      throw Reason.LAYER_READABLE.failure(
          "%s: layer %d is of type %s, which cannot be encrypted and would be stored readable for all (leave the layer out of layers of its rule, or add plain to modes of the rule)"
              .formatted(image.descriptor().digest(), number, layer.mediaType()));
    }
  }

  private static boolean isCiphertext(Descriptor layer) {
    return EncryptedMediaType.isEncrypted(layer.mediaType())
        && LayerKeys.areIn(layer.annotations());
  }

  private boolean hasSecret(PlanNode node) throws PermanentFailure {
    switch (node) {
      case PlanNode.Index(_, _, var kept) -> {
        for (PlanNode entry : kept) {
          if (hasSecret(entry)) {
            return true;
          }
        }
      }
      case PlanNode.Image image -> {
        for (int i = 0; i < image.manifest().layers().size(); i++) {
          if (of(image, i).changes() || isCiphertext(image.manifest().layers().get(i))) {
            return true;
          }
        }
      }
      case PlanNode.Blob _ -> {}
    }
    return false;
  }

  /** A layer encrypted with its own key, which is wrapped for each recipient. */
  private record Ciphertext(Recipients recipients, boolean alone, SecureRandom random)
      implements LayerTransform {
    @Override
    public String transform() {
      String keys = recipients.canonicalKeys();
      return Mode.ENCRYPTED.text() + "/" + ModeSettings.hash(alone ? "alone," + keys : keys);
    }

    @Override
    public String mediaType(String source) {
      try {
        return EncryptedMediaType.of(source);
      } catch (OcicryptException e) {
        throw new IllegalStateException("an invalid layer type", e);
      }
    }

    @Override
    public BegunBlob begin(InputStream in, Descriptor source) {
      return sink -> write(in, source, sink);
    }

    private StoredBlob write(InputStream in, Descriptor source, BlockSink sink) throws IOException {
      UnixFsFileBuilder file = UnixFsFileBuilder.kuboDefaults(sink);
      EncryptedLayer layer;
      try {
        layer = LayerCipher.encrypt(in, source.digest(), recipients, new FileStream(file), random);
      } catch (OcicryptException e) {
        throw new UnfitLayerException(
            "%s cannot be encrypted: %s".formatted(source.digest(), e.getMessage()), e);
      }
      return new StoredBlob(layer.digest(), file.finish(), Optional.empty(), layer.annotations());
    }
  }

  /** Writes into a UnixFS file. */
  private static final class FileStream extends OutputStream {
    private final UnixFsFileBuilder file;

    FileStream(UnixFsFileBuilder file) {
      this.file = file;
    }

    @Override
    public void write(int b) throws IOException {
      file.write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      file.write(bytes, offset, length);
    }
  }
}
