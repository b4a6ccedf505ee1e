package dev.longshore.bench;

import java.util.List;

/** One comparison with a peer, or one limit to stay below. */
public interface Benchmark {
  /** What the command line calls it. */
  String name();

  /** Parts of it that can be asked for alone, by names after its own. */
  default List<String> rows() {
    return List.of();
  }

  /**
   * Sets up, measures, reports and takes everything down again.
   *
   * @throws Exception whatever kept it from being measured: the run goes on with the next one
   */
  void run(Bench bench) throws Exception;
}
