package dev.longshore.app.faults;

import dev.longshore.ipfs.testing.KuboDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** What happens to a peer, a pinner or Kafka while images are kept. */
enum Fault {
  PEER_KILLED(true) {
    @Override
    void strike(KeepingCluster cluster, String peer) throws Exception {
      cluster.peer(peer).kill();
    }

    @Override
    void heal(KeepingCluster cluster, String peer) throws Exception {
      cluster.peer(peer).restart();
    }
  },

  PEER_PAUSED(true) {
    @Override
    void strike(KeepingCluster cluster, String peer) throws Exception {
      cluster.peer(peer).signal("STOP");
    }

    @Override
    void heal(KeepingCluster cluster, String peer) throws Exception {
      cluster.peer(peer).signal("CONT");
    }
  },

  PEER_EMPTIED(false) {
    @Override
    void strike(KeepingCluster cluster, String peer) throws Exception {
      cluster.peer(peer).kill();
      cluster.peer(peer).restartEmpty();
    }
  },

  PEER_ANOTHER(false) {
    @Override
    void strike(KeepingCluster cluster, String peer) throws Exception {
      cluster.peer(peer).kill();
      cluster.peer(peer).restartEmptyAsAnother();
    }
  },

  PEER_FULL(false) {
    @Override
    String victim(KeepingCluster cluster, RandomGenerator random) {
      return KeepingCluster.SMALL;
    }

    @Override
    void strike(KeepingCluster cluster, String peer) throws Exception {
      cluster.disk().fill();
    }

    @Override
    void heal(KeepingCluster cluster, String peer) throws Exception {
      // Its pins stand in a store that takes no more writes once one of them failed.
      cluster.disk().clear();
      cluster.peer(peer).kill();
      cluster.peer(peer).restart();
    }
  },

  /** It answers, and no other peer reaches it. */
  PEER_CUT_OFF(false) {
    @Override
    void strike(KeepingCluster cluster, String peer) throws Exception {
      KuboDaemon kubo = cluster.peer(peer);
      kubo.ipfs("swarm", "filters", "add", LOOPBACK);
      for (String line : kubo.ipfs("swarm", "peers").lines().toList()) {
        kubo.ipfs("swarm", "disconnect", line);
      }
    }

    @Override
    void heal(KeepingCluster cluster, String peer) throws Exception {
      cluster.peer(peer).ipfs("swarm", "filters", "rm", LOOPBACK);
    }
  },

  BLOCKS_LOST(false) {
    @Override
    void strike(KeepingCluster cluster, String peer) throws IOException {
      for (Path file : blocks(cluster, peer)) {
        Files.delete(file);
      }
    }
  },

  /** Its disk gives other bytes than were written: only a scrub finds that. */
  BLOCKS_DAMAGED(false) {
    @Override
    void strike(KeepingCluster cluster, String peer) throws IOException {
      List<Path> files = blocks(cluster, peer).stream().sorted().toList();
      for (int i = 0; i < files.size(); i += ONE_OF) {
        byte[] bytes = Files.readAllBytes(files.get(i));
        if (bytes.length > SMALLEST_DAMAGED) {
          bytes[bytes.length / 2] ^= 1;
          // A new file: those of flatfs are read-only.
          Files.delete(files.get(i));
          Files.write(files.get(i), bytes);
        }
      }
    }
  },

  PEER_NOT_CONFIGURED(false) {
    @Override
    void strike(KeepingCluster cluster, String peer) throws IOException {
      Set<String> others = new TreeSet<>(cluster.names());
      others.remove(peer);
      cluster.configure(others);
    }

    @Override
    void heal(KeepingCluster cluster, String peer) throws IOException {
      cluster.configure(cluster.names());
    }
  },

  PINNER_KILLED(false) {
    @Override
    void strike(KeepingCluster cluster, String peer) throws Exception {
      cluster.program("pinner-0").kill();
    }

    @Override
    void heal(KeepingCluster cluster, String peer) throws Exception {
      cluster.program("pinner-0").start();
    }
  },

  /** It holds its partitions, in its own eyes, when it goes on. */
  PINNER_PAUSED(false) {
    @Override
    void strike(KeepingCluster cluster, String peer) throws Exception {
      cluster.program("pinner-1").signal("STOP");
    }

    @Override
    void heal(KeepingCluster cluster, String peer) throws Exception {
      cluster.program("pinner-1").signal("CONT");
    }
  },

  KAFKA_KILLED(false) {
    @Override
    void strike(KeepingCluster cluster, String peer) throws Exception {
      cluster.program("kafka").kill();
    }

    @Override
    void heal(KeepingCluster cluster, String peer) throws Exception {
      cluster.program("kafka").start();
    }
  },

  KAFKA_LOST(false) {
    @Override
    void strike(KeepingCluster cluster, String peer) throws Exception {
      cluster.loseKafka();
    }
  };

  /** Of so many blocks one is damaged. */
  private static final int ONE_OF = 4;

  /** More than the empty directory, and other blocks that Kubo itself has. */
  private static final int SMALLEST_DAMAGED = 64;

  private static final String LOOPBACK = "/ip4/127.0.0.0/ipcidr/8";
  private final boolean away;

  /**
   * @param away whether the peer does not answer, so that its copies are lost some time after
   */
  Fault(boolean away) {
    this.away = away;
  }

  boolean makesAway() {
    return away;
  }

  /** Name of the peer that is met. */
  String victim(KeepingCluster cluster, RandomGenerator random) {
    List<String> names = List.copyOf(cluster.names());
    return names.get(random.nextInt(names.size()));
  }

  abstract void strike(KeepingCluster cluster, String peer) throws Exception;

  /** Nothing where there is nothing that could be taken back. */
  void heal(KeepingCluster cluster, String peer) throws Exception {}

  private static List<Path> blocks(KeepingCluster cluster, String peer) throws IOException {
    try (Stream<Path> files = Files.walk(cluster.peer(peer).repository().resolve("blocks"))) {
      return files.filter(file -> file.toString().endsWith(".data")).toList();
    }
  }
}
