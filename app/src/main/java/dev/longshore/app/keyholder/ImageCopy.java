package dev.longshore.app.keyholder;

import dev.longshore.model.Platform;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.files.OciLayoutWriter;
import dev.longshore.ocicrypt.EncryptedMediaType;
import dev.longshore.ocicrypt.OcicryptException;
import dev.longshore.ocicrypt.PrivateKeys;
import dev.longshore.ocicrypt.Recipients;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Copies an image into a layout, and changes its encrypted layers on the way. */
public final class ImageCopy {
  /** Levels of indexes within indexes; real images have one. */
  static final int NESTING = 4;

  private final ImageAt image;
  private final OciLayoutWriter layout;
  private final LayerChange change;
  private final List<Platform> wanted;
  private final Consumer<String> progress;
  private final PlainLayers plain;
  private final Map<Descriptor, Descriptor> done = new HashMap<>();
  private int changed;

  private ImageCopy(
      ImageAt image,
      OciLayoutWriter layout,
      LayerChange change,
      List<Platform> wanted,
      Consumer<String> progress) {
    this.image = image;
    this.layout = layout;
    this.change = change;
    this.wanted = List.copyOf(wanted);
    this.progress = progress;
    this.plain = new PlainLayers(layout, PlainLayers.LIMITS);
  }

  /**
   * Decrypts every encrypted layer, and checks each layer of the image against the config.
   *
   * @param wanted platforms of an index to take; all if empty
   * @param progress called for each layer
   * @return the manifest or index, which is in the layout but not yet in its index
   * @throws KeyholderException if nothing is encrypted, or a layer does not open or is a different
   *     one
   */
  public static Descriptor decrypt(
      ImageAt image,
      PrivateKeys keys,
      List<Platform> wanted,
      OciLayoutWriter layout,
      Consumer<String> progress)
      throws IOException {
    return new ImageCopy(image, layout, new Decrypting(keys), wanted, progress).run();
  }

  /**
   * Encrypts the key of every encrypted layer for other recipients; the layers do not change.
   *
   * @param keepOthers whether present recipients remain. Former recipients may have kept the key,
   *     which stays the same: only a new encryption excludes them
   */
  public static Descriptor rewrap(
      ImageAt image,
      PrivateKeys keys,
      Recipients to,
      boolean keepOthers,
      List<Platform> wanted,
      OciLayoutWriter layout,
      Consumer<String> progress)
      throws IOException {
    return new ImageCopy(image, layout, new Rewrapping(keys, to, keepOthers), wanted, progress)
        .run();
  }

  private Descriptor run() throws IOException {
    Descriptor top = copied(image.source().resolve(image.from()), 0);
    if (changed == 0) {
      throw new KeyholderException(
          KeyholderException.Kind.NOTHING_ENCRYPTED,
          image.asked()
              + ": none of its layers is encrypted (Longshore serves an encrypted image at a tag"
              + " with a suffix, such as v1-encrypted)");
    }
    return top;
  }

  private Descriptor copied(Descriptor entry, int depth) throws IOException {
    if (depth > NESTING) {
      throw new KeyholderException(
          KeyholderException.Kind.LIMIT,
          "%s: indexes are nested deeper than %d".formatted(image.asked(), NESTING));
    }
    byte[] body = image.source().manifest(image.from().name(), entry.digest());
    Attempt attempt = new Attempt("read", image.from().name() + "@" + entry.digest());
    Manifest manifest = Manifest.parse(body, entry.mediaType(), attempt);
    Manifest written =
        switch (manifest) {
          case ImageIndex index -> copied(index, depth);
          case ImageManifest of -> copied(of, entry);
        };
    layout.blob(written.mediaType(), written.raw().bytes());
    return written.digest().equals(manifest.digest())
        ? entry
        : entry.rewritten(written.mediaType(), written.digest(), written.raw().size());
  }

  private ImageIndex copied(ImageIndex index, int depth) throws IOException {
    List<Descriptor> entries = wanted.isEmpty() ? index.manifests() : index.entriesFor(wanted);
    if (entries.isEmpty() && !index.manifests().isEmpty()) {
      throw new KeyholderException(
          KeyholderException.Kind.PLATFORM_UNKNOWN,
          "%s has no image for %s".formatted(image.asked(), wanted));
    }
    List<Descriptor> after = new ArrayList<>();
    for (Descriptor entry : entries) {
      after.add(MediaType.isManifest(entry.mediaType()) ? copied(entry, depth + 1) : kept(entry));
    }
    return after.equals(index.manifests()) ? index : index.rewrite(after);
  }

  private ImageManifest copied(ImageManifest manifest, Descriptor entry) throws IOException {
    kept(manifest.config());
    List<Descriptor> after = new ArrayList<>();
    for (int i = 0; i < manifest.layers().size(); i++) {
      after.add(layer(manifest.layers().get(i), name(i, entry)));
    }
    if (change.opens() && MediaType.isConfig(manifest.config().mediaType())) {
      plain.check(manifest.config(), after, i -> name(i, entry));
    }
    return after.equals(manifest.layers())
        ? manifest
        : manifest.rewrite(manifest.config().toOci(), after);
  }

  private String name(int layer, Descriptor entry) {
    return "layer %d of %s%s"
        .formatted(
            layer,
            image.asked(),
            entry.platform().map(platform -> " (" + platform + ")").orElse(""));
  }

  private Descriptor layer(Descriptor layer, String name) throws IOException {
    if (!EncryptedMediaType.isEncrypted(layer.mediaType())) {
      return kept(layer);
    }
    Descriptor before = done.get(layer);
    if (before != null) {
      return before;
    }
    progress.accept(name);
    try {
      Descriptor after = change.write(layer, () -> open(layer), layout);
      done.put(layer, after);
      changed++;
      return after;
    } catch (OcicryptException e) {
      throw new KeyholderException(name, e);
    }
  }

  private Descriptor kept(Descriptor blob) throws IOException {
    if (done.putIfAbsent(blob, blob) == null) {
      layout.blob(
          out -> {
            try (InputStream in = open(blob)) {
              in.transferTo(out);
            }
            return blob.digest();
          });
    }
    return blob;
  }

  private InputStream open(Descriptor blob) throws IOException {
    return image.source().blob(image.from().name(), blob, 0);
  }
}
