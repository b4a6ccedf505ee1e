package dev.longshore.events;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.ModeName;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.RootCid;
import dev.longshore.model.Tag;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a name shows to those who pull. Its key is that of its {@link TagState}, byte for byte. Each
 * mode shows the newest digest that it has copies of, so one may be behind another.
 *
 * @param name the repository
 * @param tag the tag; none for a digest that the repository holds
 * @param digest newest source digest that is shown in any mode, or was last
 * @param subject digest of the manifest that it belongs to, as a signature does; none for an image
 *     by itself
 * @param results the image in each mode in which it may be pulled, by the name alone or with the
 *     mode's suffix; empty once it was removed. A mode has a second one where the name alone shows
 *     an earlier image than the suffix does
 * @param selected image DAG of the result that the name alone shows; none while the mode that it
 *     selects is still being made
 * @param removed why it shows nothing any more, none while it shows something; such a record stays
 *     for 30 days, as long as a site may be behind, before its key is deleted
 * @param changedAt pinner's clock at the last change in any mode
 */
public record ServedState(
    @JsonUnwrapped RepositoryName name,
    @Nullable Tag tag,
    Digest digest,
    @Nullable Digest subject,
    List<Result> results,
    @Nullable ImageDag selected,
    @Nullable RemovalReason removed,
    Instant changedAt)
    implements State {
  public ServedState {
    results = List.copyOf(results);
  }

  @Override
  public String key() {
    return tag == null ? TagState.key(name, digest) : TagState.key(name, tag);
  }

  /**
   * The image in one mode, and when: its lag is from the push to the change.
   *
   * @param mode plain, estargz, zstdchunked or encrypted
   * @param source source digest that it was made of: the record's, or an earlier one
   * @param digest digest of the mode's manifest or index, which registries serve
   * @param imageDag the image DAG
   * @param root root CID
   * @param bytes sum of the blobs' sizes
   * @param pushedAt receiver's clock at the push of that source digest; none where nobody told of
   *     it, and it was found
   * @param observedAt watcher's clock at the look that brought that source digest
   * @param traceparent W3C trace context of that push, if it has one
   * @param changedAt pinner's clock when this mode came to show it
   */
  public record Result(
      ModeName mode,
      Digest source,
      Digest digest,
      ImageDag imageDag,
      RootCid root,
      long bytes,
      @Nullable Instant pushedAt,
      Instant observedAt,
      @Nullable String traceparent,
      Instant changedAt) {}
}
