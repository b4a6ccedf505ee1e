package dev.longshore.bench.edge;

/** One thing that is measured of a site. */
interface Row {
  /** What the command line calls it; its group of sites, too. */
  String name();

  /** Whether its sites have eStargz, and nothing else. */
  boolean lazy();

  /** How its sites keep what they have. */
  default String keep() {
    return "every-node";
  }

  /** Measures and reports. */
  void run(Rig rig) throws Exception;

  /** The settings of its group. */
  default String group() {
    return """
    - name: %s
      rules:
        - repositories: ["**/%s/**"]
          modes: [%s]
          keep: %s
    """
        .formatted(name(), name(), lazy() ? "estargz" : "plain", keep());
  }
}
