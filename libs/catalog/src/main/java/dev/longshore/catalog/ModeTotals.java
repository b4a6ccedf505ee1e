package dev.longshore.catalog;

/**
 * How much the catalog knows of one mode.
 *
 * @param mode plain, estargz, zstdchunked or encrypted
 * @param images conversions
 * @param incompleteImages conversions that lack a foreign layer
 * @param bytes sum of the images' sizes; blobs that images share count each time
 */
public record ModeTotals(String mode, long images, long incompleteImages, long bytes) {}
