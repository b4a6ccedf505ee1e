package dev.longshore.sites;

import java.util.List;

/**
 * Which leaves of an image DAG a site asks for. Leaves are its raw blocks, numbered from 0 in the
 * order of a walk from the root, parents before children, links in their order, each CID where it
 * comes first.
 *
 * @param ranges ascending, none touching another, at most {@link #RANGES}
 */
public record Leaves(List<Range> ranges) {
  /** Ranges in one request: with 4 MiB blocks and every other one missing, they span 8 GiB. */
  public static final int RANGES = 1024;

  public Leaves {
    ranges = List.copyOf(ranges);
  }

  /**
   * Numbers that follow each other.
   *
   * @param first the first one
   * @param last the last one, itself included
   */
  public record Range(long first, long last) {}
}
