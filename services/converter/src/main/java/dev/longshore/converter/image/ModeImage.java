package dev.longshore.converter.image;

import dev.longshore.converter.blob.BlobKey;
import dev.longshore.converter.blob.LayerTransform;
import dev.longshore.converter.blob.StoredBlob;
import dev.longshore.converter.mode.ConversionMode;
import dev.longshore.converter.mode.PlainMode;
import dev.longshore.converter.source.ImagePlan;
import dev.longshore.converter.source.PlanNode;
import dev.longshore.converter.source.Reason;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageConfig;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An image in a mode. If no layer changes, it has the source's own manifests, byte for byte;
 * otherwise manifests and indexes are rewritten with OCI media types, children first, without urls
 * and without embedded content that changed.
 *
 * @param configs the rewritten configs
 * @param links results for configs and layers, by the plan's digests
 */
record ModeImage(ImagePlan plan, Map<Digest, byte[]> configs, Map<Digest, DagLink> links) {
  /** Annotations with these prefixes describe only the layer's exact bytes. */
  private static final List<String> OF_BYTES =
      List.of(
          "containerd.io/snapshot/stargz/",
          "containerd.io/uncompressed",
          "io.containers.estargz.",
          "io.containers.zstd-chunked.",
          "io.github.containers.zstd-chunked.");

  /** A digest, alone or within a reference. */
  private static final Pattern DIGEST = Pattern.compile("sha(256|384|512):[0-9a-f]{64}");

  private static boolean isOfBytes(String annotation) {
    return OF_BYTES.stream().anyMatch(annotation::startsWith);
  }

  /**
   * Puts the image together.
   *
   * @param stored the result for each blob; foreign layers may be missing
   * @param configs the source's configs to rewrite
   */
  static ModeImage of(
      ImagePlan source,
      ConversionMode mode,
      Map<BlobKey, StoredBlob> stored,
      Map<Digest, byte[]> configs)
      throws PermanentFailure {
    var rewriting = new Rewriting(mode, stored, configs);
    PlanNode top = rewriting.of(source.top());
    ImagePlan plan = top.equals(source.top()) ? source : ImagePlan.of(top);
    var links = new HashMap<Digest, DagLink>();
    stored.values().forEach(blob -> links.put(blob.digest(), blob.link()));
    return new ModeImage(plan, rewriting.written, links);
  }

  /** Builds the mode's manifests from the source's. */
  private static final class Rewriting {
    private final ConversionMode mode;
    private final Map<BlobKey, StoredBlob> stored;
    private final Map<Digest, byte[]> sources;
    private final Map<Digest, byte[]> written = new LinkedHashMap<>();
    private final Map<String, String> became = new HashMap<>();

    Rewriting(ConversionMode mode, Map<BlobKey, StoredBlob> stored, Map<Digest, byte[]> sources) {
      this.mode = mode;
      this.stored = stored;
      this.sources = sources;
    }

    PlanNode of(PlanNode node) throws PermanentFailure {
      return switch (node) {
        case PlanNode.Index index -> of(index);
        case PlanNode.Image image -> of(image);
        case PlanNode.Blob blob -> blob;
      };
    }

    private PlanNode of(PlanNode.Index index) throws PermanentFailure {
      var kept = new ArrayList<PlanNode>(index.kept().size());
      for (PlanNode entry : index.kept()) {
        kept.add(of(entry));
      }
      if (kept.equals(index.kept()) && mode instanceof PlainMode) {
        return index;
      }
      List<PlanNode> entries = kept.stream().map(this::pointingAnew).toList();
      if (entries.equals(index.kept()) && entries.size() == index.index().manifests().size()) {
        return index;
      }
      ImageIndex source = index.index();
      ImageIndex form =
          source
              .withAnnotations(kept(source.head().annotations()))
              .rewrite(entries.stream().map(PlanNode::descriptor).toList());
      return new PlanNode.Index(converted(index.descriptor(), form), form, entries);
    }

    private PlanNode of(PlanNode.Image image) throws PermanentFailure {
      ImageManifest source = image.manifest();
      var layers = new ArrayList<Descriptor>(source.layers().size());
      var tars = new ArrayList<Optional<Digest>>(source.layers().size());
      boolean changed = false;
      for (int i = 0; i < source.layers().size(); i++) {
        LayerTransform form = mode.of(image, i);
        changed |= form.changes();
        Descriptor layer = source.layers().get(i);
        layers.add(form.changes() ? made(layer, form) : asIs(layer));
        tars.add(form.changes() ? blob(layer, form).diffId() : Optional.empty());
      }
      if (!changed) {
        return image;
      }
      Descriptor config = mode.rewritesConfig(image) ? config(source, tars) : asIs(source.config());
      ImageManifest form =
          source.withAnnotations(kept(source.head().annotations())).rewrite(config, layers);
      return new PlanNode.Image(converted(image.descriptor(), form), form);
    }

    private Descriptor made(Descriptor layer, LayerTransform form) {
      StoredBlob blob = blob(layer, form);
      var annotations = new HashMap<>(kept(layer.annotations()));
      annotations.keySet().removeIf(ModeImage::isOfBytes);
      annotations.putAll(blob.annotations());
      return bare(
          layer.withMediaType(form.mediaType(layer.mediaType())).withAnnotations(annotations),
          blob.digest(),
          blob.link().fileSize());
    }

    /** Annotations of the source that the mode's image has too. */
    private Map<String, String> kept(Map<String, String> annotations) {
      if (mode.mayNameDigests()) {
        return annotations;
      }
      var kept = new HashMap<>(annotations);
      kept.values().removeIf(value -> DIGEST.matcher(value).find());
      return kept;
    }

    private StoredBlob blob(Descriptor layer, LayerTransform form) {
      return Objects.requireNonNull(stored.get(new BlobKey(layer.digest(), form.transform())));
    }

    /** Only a foreign layer's urls are useful. */
    private Descriptor asIs(Descriptor blob) {
      Descriptor kept = blob.toOci().withAnnotations(kept(blob.annotations()));
      return ImagePlan.isForeign(blob) ? kept : kept.withUrls(List.of());
    }

    private Descriptor config(ImageManifest source, List<Optional<Digest>> tars)
        throws PermanentFailure {
      byte[] form;
      try {
        byte[] config = Objects.requireNonNull(sources.get(source.config().digest()));
        form = ImageConfig.withDiffIds(config, tars);
      } catch (OciFormatException e) {
        throw Reason.CONFIG_INVALID.failure(
            "config %s of %s: %s"
                .formatted(source.config().digest(), source.digest(), e.getMessage()),
            e);
      }
      Digest digest = Digest.of(form);
      written.put(digest, form);
      return bare(source.config().toOci(), digest, form.length);
    }

    private Descriptor converted(Descriptor original, Manifest form) {
      became.put(original.digest().toString(), form.digest().toString());
      return bare(original.withMediaType(form.mediaType()), form.digest(), form.raw().size());
    }

    /** An attestation stays with its image. */
    private PlanNode pointingAnew(PlanNode entry) {
      String old = entry.descriptor().annotations().get(PlanNode.REFERENCE_DIGEST);
      String now = old == null ? null : became.get(old);
      if (now == null) {
        return entry;
      }
      var annotations = new HashMap<>(entry.descriptor().annotations());
      annotations.put(PlanNode.REFERENCE_DIGEST, now);
      Descriptor descriptor = entry.descriptor().withAnnotations(annotations);
      return switch (entry) {
        case PlanNode.Index(_, var index, var kept) -> new PlanNode.Index(descriptor, index, kept);
        case PlanNode.Image(_, var manifest) -> new PlanNode.Image(descriptor, manifest);
        case PlanNode.Blob _ -> new PlanNode.Blob(descriptor);
      };
    }

    /** Drops urls and embedded content, which belong to the source. */
    private Descriptor bare(Descriptor original, Digest digest, long size) {
      return new Descriptor(
          original.mediaType(),
          digest,
          size,
          List.of(),
          kept(original.annotations()),
          Optional.empty(),
          original.platform(),
          original.artifactType());
    }
  }
}
