package dev.longshore.converter.mode;

import dev.longshore.converter.blob.BegunBlob;
import dev.longshore.converter.blob.LayerTransform;
import dev.longshore.converter.blob.StoredBlob;
import dev.longshore.converter.blob.UnfitLayerException;
import dev.longshore.converter.source.ImagePlan;
import dev.longshore.converter.source.PlanNode;
import dev.longshore.converter.source.Reason;
import dev.longshore.estargz.EstargzException;
import dev.longshore.estargz.EstargzLayer;
import dev.longshore.estargz.EstargzSettings;
import dev.longshore.estargz.EstargzWriter;
import dev.longshore.estargz.LazyFormat;
import dev.longshore.estargz.ReadLayer;
import dev.longshore.ipfs.BlockSink;
import dev.longshore.ipfs.unixfs.UnixFsFileBuilder;
import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.MediaType;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Makes every layer of an image lazily readable; attestations and artifacts stay unchanged. */
record LazyMode(EstargzWriter writer, EstargzSettings settings, Map<Digest, byte[]> configs)
    implements ConversionMode {
  private static final String TOC_DIGEST = "containerd.io/snapshot/stargz/toc.digest";
  private static final String UNCOMPRESSED_SIZE = "io.containers.estargz.uncompressed-size";
  private static final String FRAME_CHECKSUM = "io.containers.zstd-chunked.manifest-checksum";
  private static final String FRAME_POSITION = "io.containers.zstd-chunked.manifest-position";

  LazyMode(EstargzWriter writer, EstargzSettings settings) {
    this(writer, settings, Map.of());
  }

  @Override
  public LazyMode knowing(Map<Digest, byte[]> sources) {
    return new LazyMode(writer, settings, sources);
  }

  @Override
  public LayerTransform of(PlanNode.Image image, int layer) throws PermanentFailure {
    return ConversionMode.isChangeable(image, layer)
        ? new Written(writer, settings(image))
        : LayerTransform.AS_IS;
  }

  /** A rule or a push takes precedence over the image's label. */
  private EstargzSettings settings(PlanNode.Image image) throws PermanentFailure {
    byte[] config = configs.get(image.manifest().config().digest());
    return config == null || !settings.prefetch().isEmpty()
        ? settings
        : settings.withPrefetch(PrefetchLabel.paths(image, config));
  }

  @Override
  public boolean keeps(PlanNode entry) {
    return true;
  }

  @Override
  public boolean rewritesConfig(PlanNode.Image image) throws PermanentFailure {
    for (int i = 0; i < image.manifest().layers().size(); i++) {
      if (of(image, i).changes()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean mayNameDigests() {
    return true;
  }

  /** A push may ask for a mode that no rule had when this converter started. */
  @Override
  public void requireFit(ImagePlan plan) throws PermanentFailure {
    try {
      settings.form().requireLibrary();
    } catch (IllegalStateException e) {
      throw Reason.MODE_UNSUPPORTED.failure(e);
    }
  }

  /** A layer whose blocks follow file boundaries. */
  private record Written(EstargzWriter writer, EstargzSettings settings) implements LayerTransform {
    @Override
    public String transform() {
      return ModeSettings.mode(settings.form()).text()
          + "/"
          + ModeSettings.hash(settings.canonicalJson());
    }

    @Override
    public String mediaType(String source) {
      return switch (settings.form()) {
        case ESTARGZ -> MediaType.OCI_LAYER_GZIP;
        case ZSTD_CHUNKED -> MediaType.OCI_LAYER_ZSTD;
      };
    }

    @Override
    public Optional<Path> spool() {
      return Optional.of(writer.folder());
    }

    @Override
    public BegunBlob begin(InputStream in, Descriptor source) throws IOException {
      try {
        return new Begun(writer.read(in, source.size(), settings), source, settings.form());
      } catch (EstargzException e) {
        throw unfit(source, settings.form(), e);
      }
    }
  }

  private static UnfitLayerException unfit(Descriptor source, LazyFormat form, EstargzException e) {
    return new UnfitLayerException(
        "%s cannot be a layer of mode %s: %s"
            .formatted(source.digest(), ModeSettings.mode(form).text(), e.getMessage()),
        e);
  }

  /** Such a layer, after its source was read. */
  private record Begun(ReadLayer read, Descriptor source, LazyFormat form) implements BegunBlob {
    @Override
    public StoredBlob write(BlockSink sink) throws IOException {
      UnixFsFileBuilder file =
          UnixFsFileBuilder.callerDecidesLeaves(UnixFsFileBuilder.MAX_LINKS, sink);
      EstargzLayer layer;
      try {
        layer = read.write(file::writeLeaf);
      } catch (EstargzException e) {
        throw unfit(source, form, e);
      }
      var annotations = new TreeMap<String, String>();
      annotations.put(TOC_DIGEST, layer.tocDigest().toString());
      annotations.put(UNCOMPRESSED_SIZE, Long.toString(layer.uncompressedSize()));
      layer
          .frame()
          .ifPresent(
              frame -> {
                annotations.put(FRAME_CHECKSUM, frame.checksum().toString());
                annotations.put(FRAME_POSITION, frame.position());
              });
      return new StoredBlob(
          layer.digest(), file.finish(), Optional.of(layer.diffId()), annotations);
    }

    @Override
    public void close() throws IOException {
      read.close();
    }
  }
}
