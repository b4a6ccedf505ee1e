package dev.longshore.ipfs.kubo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** What is known of a node's swarm.key. The RPC does not show it; its repository may be here. */
enum SwarmKeyEvidence {
  PRESENT,
  ABSENT,
  UNKNOWN;

  static SwarmKeyEvidence of(String repoPath, String peerId) {
    try {
      Path repo = Path.of(repoPath);
      // The path may exist on another machine too: only the node's own repository has its identity.
      boolean own =
          !repoPath.isEmpty()
              && Files.isReadable(repo.resolve("config"))
              && Files.readString(repo.resolve("config")).contains(peerId);
      if (!own) {
        return UNKNOWN;
      }
      return Files.exists(repo.resolve("swarm.key")) ? PRESENT : ABSENT;
    } catch (IOException | InvalidPathException e) {
      return UNKNOWN;
    }
  }
}
