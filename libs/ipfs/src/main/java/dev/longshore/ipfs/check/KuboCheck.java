package dev.longshore.ipfs.check;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.ipfs.node.NodeId;
import dev.longshore.ipfs.node.RepoStat;
import dev.longshore.model.Cid;
import dev.longshore.model.check.Check;
import dev.longshore.model.check.Findings;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One Kubo node: whether it answers us and nobody else, stays in the private swarm, accepts pins
 * and has room.
 *
 * @param node the node, with our secret
 * @param rpc address of its RPC
 * @param stranger the same node, called without our secret; null where it asks for none
 * @param mayBePublic whether it may be written to even if strangers can reach it
 */
public record KuboCheck(IpfsNode node, URI rpc, @Nullable IpfsNode stranger, boolean mayBePublic)
    implements Check {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  /** Pinned by nobody; queried so that the node reads its pins. */
  private static final Cid SAMPLE =
      Cid.parse("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku");

  /** Kubo collects garbage from this usage on, if enabled. */
  private static final int NEARLY_FULL_PERCENT = 90;

  private static final int FULL_PERCENT = 99;
  private static final int MEGABYTE = 1_000_000;

  @Override
  public String part() {
    return "kubo " + node.name();
  }

  /** One question to the node. */
  private interface Question {
    void ask(Deadline deadline) throws KuboException;
  }

  @Override
  public void look(Findings findings) {
    if (ask(findings, "ask its RPC " + rpc + " who it is", at -> identity(findings, at))) {
      ask(findings, "look whether strangers can reach it", at -> privacy(findings, at));
      ask(findings, "look into its pins", at -> pins(findings, at));
      ask(findings, "read how full it is", at -> room(findings, at));
      authorization(findings);
    }
  }

  private boolean ask(Findings findings, String tried, Question question) {
    try {
      question.ask(Deadline.after(LIMIT));
      return true;
    } catch (KuboException e) {
      findings.wrong(tried, e.fault().what() + ": " + e.reason(), remedy(e.fault()));
      return false;
    }
  }

  private String remedy(Fault fault) {
    return switch (fault) {
      case UNREACHABLE -> "start it, or correct rpc of peer " + node.name();
      case UNAUTHORIZED ->
          "authorization-file of peer %s must hold an AuthSecret of the node's API.Authorizations that allows /api/v0"
              .formatted(node.name());
      case TIMEOUT, STALLED ->
          "it takes connections and is silent: see its log, and restart it if it hangs";
      case FULL, FAILED, GARBLED, CANCELLED, NOT_HELD, NOT_PINNED, REFUSED -> fault.whatToDo();
    };
  }

  private void identity(Findings findings, Deadline deadline) throws KuboException {
    NodeId id = node.id(deadline);
    findings.fine("ask its RPC " + rpc + " who it is", id.peerId());
    KuboVersion.judge(findings, id.agent());
  }

  private void privacy(Findings findings, Deadline deadline) throws KuboException {
    PrivacyGuard.judge(findings, node.privacy(deadline), mayBePublic);
  }

  private void pins(Findings findings, Deadline deadline) throws KuboException {
    node.isPinned(SAMPLE, deadline);
    findings.fine("look into its pins", "it answers");
  }

  private void room(Findings findings, Deadline deadline) throws KuboException {
    RepoStat stat = node.repoStat(deadline);
    String tried = "read how full it is";
    String found = "%d of %d MB".formatted(stat.usedBytes() / MEGABYTE, stat.maxBytes() / MEGABYTE);
    String remedy = "raise Datastore.StorageMax where its disk has room, or add a peer";
    double percent = 100.0 * stat.usedBytes() / Math.max(1, stat.maxBytes());
    if (percent >= FULL_PERCENT) {
      findings.wrong(tried, found, remedy);
    } else if (percent >= NEARLY_FULL_PERCENT) {
      findings.warning(tried, found, remedy);
    } else {
      findings.fine(tried, found);
    }
  }

  private void authorization(Findings findings) {
    if (stranger == null) {
      return;
    }
    String tried = "call its RPC without our secret";
    try {
      stranger.id(Deadline.after(LIMIT));
      findings.wrong(
          tried,
          "it answers: whoever reaches it may delete what it keeps",
          "set API.Authorizations on the node and restart it");
    } catch (KuboException e) {
      if (e.fault() == Fault.UNAUTHORIZED) {
        findings.fine(tried, "refused");
      } else {
        findings.wrong(tried, e.fault().what() + ": " + e.reason(), remedy(e.fault()));
      }
    }
  }
}
