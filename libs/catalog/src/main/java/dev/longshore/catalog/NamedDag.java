package dev.longshore.catalog;

import dev.longshore.model.RepositoryName;
import java.util.List;

/**
 * What the conversions of an image DAG and its names come to, for those who look at very many.
 *
 * @param place repository of the conversion that was recorded first
 * @param bytes sum of its blobs' sizes
 * @param names repositories that have the image under a name, now or formerly, which their source
 *     still has; those of the conversion that was recorded first come first
 */
public record NamedDag(RepositoryName place, long bytes, List<RepositoryName> names) {
  public NamedDag {
    names = List.copyOf(names);
  }
}
