package dev.longshore.converter.blob;

import dev.longshore.events.BlobState;
import dev.longshore.ipfs.unixfs.DagLink;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The result for a config or layer.
 *
 * @param digest digest of the stored bytes
 * @param diffId of their tar, if it differs from the source layer's
 * @param annotations further annotations of its descriptor
 * @param took milliseconds from the request to the source until the last block arrived, if known
 * @param source the repository that it was read from, if known
 */
public record StoredBlob(
    Digest digest,
    DagLink link,
    Optional<Digest> diffId,
    SortedMap<String, String> annotations,
    Optional<Long> took,
    Optional<RepositoryName> source) {

  public StoredBlob(
      Digest digest, DagLink link, Optional<Digest> diffId, SortedMap<String, String> annotations) {
    this(digest, link, diffId, annotations, Optional.empty(), Optional.empty());
  }

  /** The same, with the milliseconds that it took. */
  public StoredBlob tookMillis(long millis) {
    return new StoredBlob(digest, link, diffId, annotations, Optional.of(millis), source);
  }

  /** The same, read from that repository. */
  public StoredBlob from(RepositoryName repository) {
    return new StoredBlob(digest, link, diffId, annotations, took, Optional.of(repository));
  }

  static StoredBlob asIs(Digest digest, DagLink link) {
    return new StoredBlob(digest, link, Optional.empty(), new TreeMap<>());
  }

  /** Empty for a record that does not describe the result, as in the first release. */
  public static Optional<StoredBlob> of(BlobState state) {
    var link = new DagLink(state.cid().checked(), state.size(), state.dagSize(), state.blocks());
    Optional<StoredBlob> stored =
        state.transform().equals(BlobState.NONE)
            ? Optional.of(asIs(state.digest().checked(), link))
            : Optional.ofNullable(state.made()).map(made -> of(made, link));
    @Nullable Long took = state.tookMillis();
    Optional<StoredBlob> timed = took == null ? stored : stored.map(blob -> blob.tookMillis(took));
    @Nullable RepositoryName source = state.source();
    return source == null ? timed : timed.map(blob -> blob.from(source.checked()));
  }

  private static StoredBlob of(BlobState.Made made, DagLink link) {
    var annotations = new TreeMap<String, String>();
    made.annotations().forEach(a -> annotations.put(a.name(), a.value()));
    Optional<Digest> diffId = Optional.ofNullable(made.diffId()).map(Digest::checked);
    return new StoredBlob(made.digest().checked(), link, diffId, annotations);
  }

  /** From its record. */
  public BlobState.@Nullable Made made(BlobKey key) {
    if (key.equals(BlobKey.asIs(digest))) {
      return null;
    }
    List<BlobState.Annotation> said =
        annotations.entrySet().stream().map(StoredBlob::annotation).toList();
    return new BlobState.Made(digest, diffId.orElse(null), said);
  }

  private static BlobState.Annotation annotation(Map.Entry<String, String> entry) {
    return new BlobState.Annotation(entry.getKey(), entry.getValue());
  }
}
