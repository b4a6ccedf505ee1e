package dev.longshore.sites;

import dev.longshore.model.ImageDag;
import dev.longshore.model.SiteName;

/** Where a hub answers sites. */
public final class SitePaths {
  /** What each of them begins with. */
  public static final String PREFIX = "/v1/sites/";

  private SitePaths() {}

  /** POST a {@link JoinRequest}, with a token; the answer is an {@link Admission}. */
  public static String join(SiteName site) {
    return PREFIX + site + "/join";
  }

  /** POST nothing, with a credential; the answer is an {@link Admission} with the next one. */
  public static String credential(SiteName site) {
    return PREFIX + site + "/credential";
  }

  /**
   * POST a {@link Report} or nothing, with {@code after=CURSOR} and {@code wait=SECONDS}s; the
   * answer is {@link ChangeLine}s.
   */
  public static String changes(SiteName site) {
    return PREFIX + site + "/changes";
  }

  /**
   * GET the inner nodes of an image DAG that another ({@code have=DAG}, at most 8 of them) lacks,
   * as a CAR: parents before children, links in their order, each once.
   */
  public static String nodes(SiteName site, ImageDag dag) {
    return PREFIX + site + "/dags/" + dag + "/nodes";
  }

  /** POST {@link Leaves} of an image DAG; the answer is a CAR of them, in their order. */
  public static String leaves(SiteName site, ImageDag dag) {
    return PREFIX + site + "/dags/" + dag + "/leaves";
  }

  /** GET whether a node has an image DAG, from a neighbor of its site; a {@link DagPresence}. */
  public static String dag(SiteName site, ImageDag dag) {
    return PREFIX + site + "/dags/" + dag;
  }
}
