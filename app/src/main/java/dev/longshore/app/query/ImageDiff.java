package dev.longshore.app.query;

import dev.longshore.app.query.find.Found.Conversion;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.events.ImageState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.IpfsDataException;
import dev.longshore.ipfs.reader.BlockSet;
import dev.longshore.ipfs.reader.BlockSource;
import dev.longshore.ipfs.reader.BlockWalk;
import dev.longshore.model.Cid;
import dev.longshore.model.MalformedCidException;
import dev.longshore.model.ModeName;
import dev.longshore.model.OciFormatException;
import dev.longshore.oci.Descriptor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What someone with one image in a mode still needs for another, counted in blocks.
 *
 * @param mode of both
 * @param has the image that is there
 * @param wants the image to fetch
 * @param layers the layers of the image to fetch; a block in two of them counts in each
 * @param sum of the whole image DAG, each block once: manifests, configs and directories too
 */
record ImageDiff(ModeName mode, Side has, Side wants, List<Layer> layers, BlockSet.Share sum) {
  /** For each block read while finding a manifest. */
  private static final Duration BLOCK = Duration.ofSeconds(5);

  ImageDiff {
    layers = List.copyOf(layers);
  }

  /**
   * One of the two.
   *
   * @param blocks of its image DAG
   * @param bytes of them
   */
  record Side(ImageState image, long blocks, long bytes) {}

  /** A layer, against all that is there. */
  record Layer(Descriptor blob, BlockSet.Share share) {}

  /** Where to read the blocks of an image. */
  @FunctionalInterface
  interface Sources {
    BlockSource of(Conversion conversion) throws QueryException;
  }

  /** Counts, reading only inner nodes and manifests. */
  static ImageDiff of(Conversion has, Conversion wants, Sources sources, Deadline deadline)
      throws QueryException {
    BlockSet there = walk(has, sources.of(has), deadline);
    BlockSource source = sources.of(wants);
    BlockWalk walk = new BlockWalk(source, deadline);
    try {
      Cid dag = wants.image().imageDag().cid();
      BlockSet all = walk.of(dag);
      var layers = new ArrayList<Layer>();
      for (LayoutLayers.Layer layer : LayoutLayers.of(dag, source, BLOCK)) {
        layers.add(new Layer(layer.blob(), walk.of(layer.cid()).against(there)));
      }
      return new ImageDiff(
          wants.image().mode(), side(has, there), side(wants, all), layers, all.against(there));
    } catch (IOException | IpfsDataException | MalformedCidException | OciFormatException e) {
      throw notCounted(wants, e);
    }
  }

  /** Only the sum: what is needed in total. */
  static BlockSet.Share sum(Conversion has, Conversion wants, Sources sources, Deadline deadline)
      throws QueryException {
    BlockSet there = walk(has, sources.of(has), deadline);
    return walk(wants, sources.of(wants), deadline).against(there);
  }

  private static BlockSet walk(Conversion conversion, BlockSource source, Deadline deadline)
      throws QueryException {
    try {
      return new BlockWalk(source, deadline).of(conversion.image().imageDag().cid());
    } catch (IOException | IpfsDataException | MalformedCidException e) {
      throw notCounted(conversion, e);
    }
  }

  private static Side side(Conversion conversion, BlockSet blocks) {
    return new Side(conversion.image(), blocks.blocks(), blocks.bytes());
  }

  private static QueryException notCounted(Conversion conversion, Exception e) {
    return new QueryException(
        "the blocks of %s (%s of %s) could not be counted: %s"
            .formatted(
                conversion.image().imageDag(),
                conversion.image().mode(),
                conversion.image().digest(),
                e.getMessage()),
        e);
  }
}
