package dev.longshore.app.doctor;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.kubo.Fault;
import dev.longshore.ipfs.kubo.IpfsNode;
import dev.longshore.ipfs.kubo.KuboException;
import dev.longshore.ipfs.kubo.NodeId;
import dev.longshore.ipfs.kubo.RepoStat;
import dev.longshore.ipfs.kubo.SwarmPrivacy;
import dev.longshore.model.Cid;
import dev.longshore.runtime.config.PeerSettings;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/**
 * One Kubo node: whether it answers us and nobody else, keeps to the private swarm, takes pins and
 * has room.
 *
 * @param node the node, with our secret
 * @param stranger the same node, called without one
 * @param web for its gateway
 */
record KuboCheck(PeerSettings peer, IpfsNode node, IpfsNode stranger, WebLook web)
    implements Check {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  /** Of no bytes, so that every gateway has it. */
  private static final String NOTHING = "ipfs/bafkqaaa";

  /** Pinned by nobody; asked for so that the node looks into its pins. */
  private static final Cid SAMPLE =
      Cid.parse("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku");

  /** Kubo collects garbage from here on, where that is on. */
  private static final int NEARLY_FULL_PERCENT = 90;

  private static final int FULL_PERCENT = 99;
  private static final int MEGABYTE = 1_000_000;

  @Override
  public String part() {
    return "kubo " + peer.name();
  }

  /** One question to the node. */
  private interface Question {
    void ask(Deadline deadline) throws KuboException;
  }

  @Override
  public void look(Findings findings) {
    if (ask(findings, "ask its RPC " + peer.rpc() + " who it is", at -> identity(findings, at))) {
      ask(findings, "look whether strangers can reach it", at -> privacy(findings, at));
      ask(findings, "look into its pins", at -> pins(findings, at));
      ask(findings, "read how full it is", at -> room(findings, at));
      authorization(findings);
    }
    gateway(findings);
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
      case UNREACHABLE -> "start it, or correct rpc of peer " + peer.name();
      case UNAUTHORIZED ->
          "authorization-file of peer %s must hold an AuthSecret of the node's API.Authorizations that allows /api/v0"
              .formatted(peer.name());
      case TIMEOUT, STALLED ->
          "it takes connections and is silent: see its log, and restart it if it hangs";
      case FULL, FAILED, GARBLED, CANCELLED, NOT_HELD, NOT_PINNED, REFUSED -> fault.whatToDo();
    };
  }

  private void identity(Findings findings, Deadline deadline) throws KuboException {
    NodeId id = node.id(deadline);
    findings.fine("ask its RPC " + peer.rpc() + " who it is", id.peerId());
    KuboVersion.judge(findings, id.agent());
  }

  private void privacy(Findings findings, Deadline deadline) throws KuboException {
    String tried = "look whether strangers can reach it";
    switch (node.privacy(deadline)) {
      case SwarmPrivacy.Private _ -> findings.fine(tried, "a private swarm");
      case SwarmPrivacy.Public(var reasons) when peer.allowPublicIpfs() ->
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
    if (peer.authorization() == null) {
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

  private void gateway(Findings findings) {
    String base = peer.gateway().toString();
    URI sample = URI.create((base.endsWith("/") ? base : base + "/") + NOTHING);
    String tried = "read through its gateway " + peer.gateway();
    try {
      int status = web.get(sample).status();
      if (status == 200) {
        findings.fine(tried, "it answers");
      } else {
        findings.wrong(
            tried,
            "status " + status,
            "set gateway of peer %s to the node's Addresses.Gateway".formatted(peer.name()));
      }
    } catch (IOException e) {
      findings.wrong(
          tried,
          WebLook.reason(e),
          "start it, or correct gateway of peer %s; see Addresses.Gateway of the node"
              .formatted(peer.name()));
    }
  }
}
