package dev.longshore.catalog;

import dev.longshore.model.ModeName;

/**
 * How much the catalog knows.
 *
 * @param tags tags that their source still has
 * @param images conversions
 * @param incompleteImages conversions that lack a foreign layer
 * @param bytes sum of the images' sizes; shared blobs count each time
 * @param blobs blobs with a known CID
 * @param pins image DAGs that the pinner keeps
 * @param pinsShort number of these with fewer verified copies than wanted
 * @param pinsWithoutCopy number of these without any verified copy
 * @param copies verified copies of all image DAGs
 * @param permanentTroubles keys and stages that failed for good
 * @param transientTroubles keys and stages that wait for something
 */
public record Totals(
    long tags,
    long images,
    long incompleteImages,
    long bytes,
    long blobs,
    long pins,
    long pinsShort,
    long pinsWithoutCopy,
    long copies,
    long permanentTroubles,
    long transientTroubles) {
  /**
   * Totals of one mode.
   *
   * @param mode plain, estargz, zstdchunked or encrypted
   * @param images conversions
   * @param incompleteImages conversions that lack a foreign layer
   * @param bytes sum of the images' sizes; shared blobs count each time
   */
  public record OfMode(ModeName mode, long images, long incompleteImages, long bytes) {}
}
