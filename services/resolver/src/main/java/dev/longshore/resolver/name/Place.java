package dev.longshore.resolver.name;

import dev.longshore.model.Cid;
import dev.longshore.model.RepositoryName;
import java.util.List;

/** Where a request looks: the repository part of a path below {@code /v2/}. */
public sealed interface Place {
  /**
   * A repository by its name.
   *
   * @param candidates what the path may mean, most likely first; the first one that is known is
   *     meant
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
