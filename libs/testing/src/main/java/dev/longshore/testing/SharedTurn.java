package dev.longshore.testing;

import java.util.List;

/**
 * Tests of which CI runs one, as all take long and few changes touch what they prove: the commit's
 * number says which. All of them run at night, where no commit says one, and for whoever asks for
 * one by its name.
 */
public enum SharedTurn {
  /** Compare what we make with what other programs make of it; golden files hold ours each time. */
  REFERENCES,
  /** Kill what writes: a host between two records, a broker, the owner of a catalog. */
  KILLS,
  /** Take parts away from a whole run: the core, each part after another, what a launcher needs. */
  PARTS,
  /**
   * Let programs of others read and write images: encrypted ones, a node's own, through mirrors.
   */
  CLIENTS,
  /** Make Kafka slow, deaf and full of dead letters. */
  QUEUES,
  /** Run commands with rights and settings of their own, and read what they leave in the audit. */
  COMMANDS;

  private List<String> takers() {
    return switch (this) {
      case REFERENCES -> List.of("EstargzReferenceIT", "OcicryptReferenceIT", "FilesEqualKuboIT");
      case KILLS -> List.of("KilledHostIT", "BrokerRestartIT", "CatalogKillIT");
      case PARTS -> List.of("OfflineEdgeIT", "HealthIT", "LauncherIT");
      case CLIENTS -> List.of("KeyholderIT", "LocalImagesIT", "MirrorIT");
      case QUEUES -> List.of("ReplayIT", "DeadConnectionIT", "SlowKeyIT");
      case COMMANDS -> List.of("DecisionAuditIT", "CommandAuditIT", "SetupCommandsIT");
    };
  }

  /** Whether it is the turn of this one of them. */
  public boolean isOf(Class<?> test) {
    String name = test.getSimpleName();
    if (!takers().contains(name)) {
      throw new IllegalArgumentException(name + " takes no turns with " + takers());
    }
    Long commit = Long.getLong(FirstSeed.PROPERTY);
    return commit == null
        || System.getProperty("it.test", "").contains(name)
        || name.equals(of(commit));
  }

  /** Whether this commit is one of so many that do what takes long in a test which always runs. */
  public static boolean isOneOf(int commits) {
    Long commit = Long.getLong(FirstSeed.PROPERTY);
    return commit == null || new SplitMix(commit + 1).nextInt(commits) == 0;
  }

  /** As the number's remainders choose what tests begin with, none decides here. */
  String of(long commit) {
    List<String> takers = takers();
    return takers.get(new SplitMix(commit + name().hashCode()).nextInt(takers.size()));
  }
}
