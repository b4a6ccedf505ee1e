package dev.longshore.catalog;

import dev.longshore.model.ModeName;

/**
 * How much the catalog knows.
 *
 * @param tags tags that their source still has
 * @param images conversions
 * @param incompleteImages conversions that lack a foreign layer
 * @param bytes sum of the images' sizes; blobs that images share count each time
 * @param blobs blobs whose CID is known
 * @param pins image DAGs that the pinner keeps
 * @param pinsShort of them those with fewer verified copies than wanted
 * @param pinsWithoutCopy of them those without any verified copy
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
   * How much the catalog knows of one mode.
   *
   * @param mode plain, estargz, zstdchunked or encrypted
   * @param images conversions
   * @param incompleteImages conversions that lack a foreign layer
   * @param bytes sum of the images' sizes; blobs that images share count each time
   */
  public record OfMode(ModeName mode, long images, long incompleteImages, long bytes) {}
}
