package dev.longshore.ipfs.check;

import dev.longshore.model.check.Findings;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The version that a node reports. */
record KuboVersion(int major, int minor, int patch) implements Comparable<KuboVersion> {
  /** The first version whose pins have names, which distinguish ours from others. */
  private static final KuboVersion LEAST = new KuboVersion(0, 26, 0);

  /** The version that everything was tested with. */
  private static final KuboVersion TRIED = new KuboVersion(0, 43, 1);

  private static final Pattern AGENT =
      Pattern.compile("kubo/(\\d{1,4})\\.(\\d{1,4})\\.(\\d{1,4}).*");
  private static final Comparator<KuboVersion> ORDER =
      Comparator.comparingInt(KuboVersion::major)
          .thenComparingInt(KuboVersion::minor)
          .thenComparingInt(KuboVersion::patch);

  /**
   * Records the findings about a version.
   *
   * @param agent such as {@code kubo/0.43.1/desktop}
   */
  static void judge(Findings findings, String agent) {
    String tried = "ask for its version";
    Matcher form = AGENT.matcher(agent);
    if (!form.matches()) {
      findings.warning(
          tried, "\"" + agent + "\"", "take Kubo " + TRIED + ", with which Longshore was tried");
      return;
    }
    KuboVersion version =
        new KuboVersion(
            Integer.parseInt(form.group(1)),
            Integer.parseInt(form.group(2)),
            Integer.parseInt(form.group(3)));
    if (version.compareTo(LEAST) < 0) {
      findings.wrong(
          tried,
          "Kubo " + version,
          "take %s or newer: pins have names from then on".formatted(LEAST));
    } else if (version.compareTo(TRIED) < 0) {
      findings.warning(
          tried, "Kubo " + version, "take %s, with which Longshore was tried".formatted(TRIED));
    } else {
      findings.fine(tried, "Kubo " + version);
    }
  }

  @Override
  public int compareTo(KuboVersion other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }
}
