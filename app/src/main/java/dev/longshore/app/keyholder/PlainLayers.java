package dev.longshore.app.keyholder;

import dev.longshore.estargz.EstargzException;
import dev.longshore.estargz.EstargzLimits;
import dev.longshore.estargz.LayerTar;
import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageConfig;
import dev.longshore.oci.files.OciLayoutWriter;
import dev.longshore.ocicrypt.EncryptedMediaType;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Checks layers against the config. ocicrypt binds a layer to its key but not to its position: only
 * the config's digests of the tars say which layer belongs where.
 */
final class PlainLayers {
  /** Limit in bytes, as for the converter. */
  private static final int CONFIG = 4 << 20;

  /**
   * As for the converter, but without a compression ratio: the tar is hashed and not stored, so one
   * of zeros only costs its reader time.
   */
  static final EstargzLimits LIMITS =
      new EstargzLimits(
          EstargzLimits.DEFAULT.uncompressedBytes(),
          Integer.MAX_VALUE,
          EstargzLimits.DEFAULT.entries(),
          EstargzLimits.DEFAULT.nameBytes());

  private final OciLayoutWriter layout;
  private final EstargzLimits limits;
  private final Map<Digest, Digest> diffIds = new HashMap<>();

  PlainLayers(OciLayoutWriter layout, EstargzLimits limits) {
    this.layout = layout;
    this.limits = limits;
  }

  /**
   * Unpacks each layer that is a tar.
   *
   * @param name of a layer in messages
   * @throws KeyholderException if one is not the config's, or unpacks to more than the limit
   */
  void check(Descriptor config, List<Descriptor> layers, IntFunction<String> name)
      throws IOException {
    List<Digest> expected = expected(config);
    if (expected.size() != layers.size()) {
      throw otherLayer(
          "the config %s names %d layers and the manifest has %d"
              .formatted(config.digest(), expected.size(), layers.size()));
    }
    for (int i = 0; i < layers.size(); i++) {
      if (EncryptedMediaType.canEncrypt(layers.get(i).mediaType())) {
        Digest found = diffId(layers.get(i), name.apply(i));
        if (!found.equals(expected.get(i))) {
          throw otherLayer(
              "%s: its tar has digest %s and the config names %s: layers were swapped, or it is another image's"
                  .formatted(name.apply(i), found, expected.get(i)));
        }
      }
    }
  }

  private List<Digest> expected(Descriptor config) throws IOException {
    if (config.size() > CONFIG) {
      throw new KeyholderException(
          KeyholderException.Kind.LIMIT,
          "config %s: %,d bytes; at most %,d are read"
              .formatted(config.digest(), config.size(), CONFIG));
    }
    try (InputStream in = layout.read(config.digest())) {
      return ImageConfig.diffIds(in.readAllBytes());
    } catch (OciFormatException e) {
      throw otherLayer("config %s: %s".formatted(config.digest(), e.getMessage()));
    }
  }

  private Digest diffId(Descriptor layer, String name) throws IOException {
    Digest known = diffIds.get(layer.digest());
    if (known != null) {
      return known;
    }
    try (InputStream in = layout.read(layer.digest())) {
      Digest found = LayerTar.diffId(in, limits);
      diffIds.put(layer.digest(), found);
      return found;
    } catch (EstargzException e) {
      if (e.reason() == EstargzException.Reason.LIMIT_PASSED) {
        throw new KeyholderException(
            KeyholderException.Kind.LIMIT,
            "%s: it cannot be held against the config: %s".formatted(name, e.getMessage()));
      }
      throw otherLayer("%s: it is no layer: %s".formatted(name, e.getMessage()));
    }
  }

  private static KeyholderException otherLayer(String message) {
    return new KeyholderException(KeyholderException.Kind.OTHER_LAYER, message);
  }
}
