package dev.longshore.ipfs.check;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.SwarmNode;
import dev.longshore.ipfs.node.SwarmPrivacy;
import dev.longshore.model.check.Findings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Asks a node before each write whether strangers could reach its content: it may have restarted
 * with other settings since the last time.
 */
public final class PrivacyGuard {
  /** Shorter than it takes to stop, reconfigure and start a node. */
  public static final Duration TRUSTED = Duration.ofSeconds(2);

  private final Map<String, Instant> seenPrivate = new ConcurrentHashMap<>();
  private final Duration callTimeout;
  private final InstantSource clock;

  /** A guard with this time limit for a node's answer. */
  public PrivacyGuard(Duration callTimeout, InstantSource clock) {
    this.callTimeout = callTimeout;
    this.clock = clock;
  }

  /** Why nothing may be written to the node, if so, in the doctor's words. */
  public Optional<String> objection(SwarmNode node, boolean mayBePublic) throws KuboException {
    Instant now = clock.instant();
    if (mayBePublic || isTrusted(seenPrivate.get(node.name()), now)) {
      return Optional.empty();
    }
    Findings findings = new Findings("kubo " + node.name());
    judge(findings, node.privacy(Deadline.after(callTimeout)), false);
    Optional<String> objection = findings.objection();
    if (objection.isEmpty()) {
      seenPrivate.put(node.name(), now);
    }
    return objection.map(words -> words + " (allow-public-ipfs of the peer is off)");
  }

  /** Not for ever where the clock was set back. */
  private static boolean isTrusted(@Nullable Instant seen, Instant now) {
    return seen != null && !now.isBefore(seen) && now.isBefore(seen.plus(TRUSTED));
  }

  /** Forgets the answer after a failed call: the node may have restarted. */
  public void forget(SwarmNode node) {
    seenPrivate.remove(node.name());
  }

  /** Records the findings about the node's privacy. */
  static void judge(Findings findings, SwarmPrivacy privacy, boolean mayBePublic) {
    String tried = "look whether strangers can reach it";
    switch (privacy) {
      case SwarmPrivacy.Private _ -> findings.fine(tried, "a private swarm");
      case SwarmPrivacy.Public(var reasons) when mayBePublic ->
          findings.warning(
              tried,
              String.join("; ", reasons),
              "nothing if all its images are public, as allow-public-ipfs says");
      case SwarmPrivacy.Public(var reasons) ->
          findings.wrong(
              tried,
              String.join("; ", reasons),
              "do what is said there and restart the node; nothing is written to it until then");
    }
  }
}
