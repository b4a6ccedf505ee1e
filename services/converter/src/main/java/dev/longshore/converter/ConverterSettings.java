package dev.longshore.converter;

import dev.longshore.settings.Setting;
import dev.longshore.settings.value.ByteSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The section {@code converter}. */
public record ConverterSettings(
    @Setting(
            doc =
                "name of the peer to write images to first, one of peers; the first of them if"
                    + " absent")
        @Nullable String ingestPeer,
    @Setting(
            value = "[]",
            doc =
                "names of several such peers in place of ingest-peer; each image is written to one,"
                    + " by space, load and what is there")
        List<String> ingestPeers,
    @Setting(value = "4", unit = "blobs", doc = "blobs read concurrently, over all images")
        int concurrency,
    @Setting(
            value = "100GiB",
            doc = "images larger than this are refused, unless their rule sets max-size")
        ByteSize maxImageSize,
    @Setting(value = "30s", doc = "a pin on the ingest peer that gets no block for this long fails")
        Duration stallTimeout,
    @Setting(
            doc =
                "folder for compressed data of layers in progress, for the lazy modes; converter in"
                    + " home if absent")
        @Nullable Path spoolDir) {

  /** More streams only share the same disk, and each takes a megabyte of memory. */
  private static final int MOST_STREAMS = 64;

  public ConverterSettings(
      @Nullable String ingestPeer, int concurrency, ByteSize maxImageSize, Duration stallTimeout) {
    this(ingestPeer, List.of(), concurrency, maxImageSize, stallTimeout, null);
  }

  public ConverterSettings {
    ingestPeers = List.copyOf(ingestPeers);
    if (ingestPeer != null && !ingestPeers.isEmpty()) {
      throw new IllegalArgumentException(
          "ingest-peers: %s, and ingest-peer: %s (expected: one of the two settings)"
              .formatted(ingestPeers, ingestPeer));
    }
    if (Set.copyOf(ingestPeers).size() < ingestPeers.size()) {
      throw new IllegalArgumentException(
          "ingest-peers: %s (expected: each peer once)".formatted(ingestPeers));
    }
    if (concurrency < 1 || concurrency > MOST_STREAMS) {
      throw new IllegalArgumentException(
          "concurrency: " + concurrency + " (expected: 1 to " + MOST_STREAMS + ")");
    }
    if (!stallTimeout.isPositive()) {
      throw new IllegalArgumentException(
          "stall-timeout: " + stallTimeout + " (expected: more than 0s)");
    }
  }
}
