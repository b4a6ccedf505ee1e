package dev.longshore.estargz;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Every setting that changes the bytes of a layer.
 *
 * @param form the format of pieces
 * @param chunkBytes longer files are compressed in separately readable pieces of this size
 * @param minChunkBytes shorter files share a member until it holds this many bytes; such layers
 *     need a snapshotter of 0.13 or newer. 0: each file has its own
 * @param leafThresholdBytes a file whose compressed member has at least this size has its own
 *     UnixFS leaves
 * @param leafTargetBytes the mean size of leaves shared by shorter files
 * @param prefetch paths of files that come first, in this order; missing ones are ignored. Empty:
 *     no prefetch
 */
public record EstargzSettings(
    LazyFormat form,
    int chunkBytes,
    int minChunkBytes,
    int leafThresholdBytes,
    int leafTargetBytes,
    List<String> prefetch) {
  /** Increases when the same settings give different bytes; part of a conversion's key. */
  public static final int FORMAT_VERSION = 1;

  /** docs/adr/0012 gives the reasons. */
  public static final EstargzSettings DEFAULT =
      new EstargzSettings(4 << 20, 0, 4 << 10, 64 << 10, List.of());

  /** Below this, the table of contents is longer than the content. */
  private static final int MIN_CHUNK_BYTES = 4 << 10;

  /** Chunks are compressed in memory, one on each core. */
  private static final int MAX_CHUNK_BYTES = 16 << 20;

  /** Limit of files that come first. */
  public static final int MAX_PREFETCH = 100_000;

  public EstargzSettings {
    prefetch = List.copyOf(prefetch);
    check("chunkBytes", chunkBytes, MIN_CHUNK_BYTES, MAX_CHUNK_BYTES);
    check("minChunkBytes", minChunkBytes, 0, MAX_CHUNK_BYTES);
    check("leafThresholdBytes", leafThresholdBytes, 1, LeafSink.MAX_LEAF_BYTES);
    check("leafTargetBytes", leafTargetBytes, 1 << 10, LeafSink.MAX_LEAF_BYTES / 4);
    check("number of prefetch paths", prefetch.size(), 0, MAX_PREFETCH);
  }

  /** For eStargz. */
  public EstargzSettings(
      int chunkBytes,
      int minChunkBytes,
      int leafThresholdBytes,
      int leafTargetBytes,
      List<String> prefetch) {
    this(
        LazyFormat.ESTARGZ,
        chunkBytes,
        minChunkBytes,
        leafThresholdBytes,
        leafTargetBytes,
        prefetch);
  }

  private static void check(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "eStargz %s: %d (expected: %d to %d)".formatted(what, value, least, most));
    }
  }

  /**
   * Whether a layer can have a file at that path: it is not too long and does not leave the root.
   */
  public static boolean canBePrefetched(String path) {
    return EntryNames.isPath(ByteText.utf8(path));
  }

  /** These settings with other files first. */
  public EstargzSettings withPrefetch(List<String> paths) {
    return new EstargzSettings(
        form, chunkBytes, minChunkBytes, leafThresholdBytes, leafTargetBytes, paths);
  }

  /** These settings for another format. */
  public EstargzSettings withForm(LazyFormat other) {
    return new EstargzSettings(
        other, chunkBytes, minChunkBytes, leafThresholdBytes, leafTargetBytes, prefetch);
  }

  /** Compact, fields in alphabetical order. */
  public String canonicalJson() {
    String paths =
        prefetch.stream()
            .map(
                path ->
                    new String(path.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1))
            .map(JsonString::of)
            .map(
                json ->
                    new String(json.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
            .collect(Collectors.joining(","));
    String compressor = form.compressor();
    String named = compressor.isEmpty() ? "" : "\"compressor\":" + JsonString.of(compressor) + ",";
    return "{\"chunkBytes\":%d,%s\"format\":%d,\"leafTargetBytes\":%d,\"leafThresholdBytes\":%d,\"minChunkBytes\":%d,\"prefetch\":[%s]}"
        .formatted(
            chunkBytes,
            named,
            FORMAT_VERSION,
            leafTargetBytes,
            leafThresholdBytes,
            minChunkBytes,
            paths);
  }
}
