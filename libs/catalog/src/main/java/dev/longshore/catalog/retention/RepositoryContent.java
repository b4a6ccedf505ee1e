package dev.longshore.catalog.retention;

import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * What is known of a repository.
 *
 * @param names its tags and digests, deleted or not; read anew each time, as they may be very many
 * @param made digests that were converted
 * @param subjects of each digest that refers to another manifest, what it refers to
 * @param children of each index, as far as known, the manifests in it
 * @param unread converted indexes whose manifests are not known
 * @param pulls when each digest was last pulled
 * @param countedSince since when that is known
 */
public record RepositoryContent(
    Iterable<TagState> names,
    Set<Digest> made,
    Map<Digest, Set<Digest>> subjects,
    Map<Digest, Set<Digest>> children,
    Set<Digest> unread,
    Map<Digest, Instant> pulls,
    Instant countedSince) {
  public RepositoryContent {
    made = Set.copyOf(made);
    subjects = Map.copyOf(subjects);
    children = Map.copyOf(children);
    unread = Set.copyOf(unread);
    pulls = Map.copyOf(pulls);
  }
}
