package dev.longshore.resolver.name;

import dev.longshore.model.Cid;
import dev.longshore.model.RepositoryName;
import java.util.List;

/** The repository part of a path below {@code /v2/}. */
public sealed interface Place {
  /**
   * A repository by its name.
   *
   * @param candidates possible meanings of the path, most likely first; the first known one applies
   */
  record Repository(List<RepositoryName> candidates) implements Place {
    public Repository {
      candidates = List.copyOf(candidates);
      if (candidates.isEmpty()) {
        throw new IllegalArgumentException("candidates: none (expected: one or more)");
      }
    }
  }

  /** {@code ipfs/<CID>}: one image by its root CID or by the CID of its DAG. */
  record Ipfs(Cid cid) implements Place {}
}
