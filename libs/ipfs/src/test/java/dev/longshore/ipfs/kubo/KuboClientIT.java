package dev.longshore.ipfs.kubo;

import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.ipfs.testing.IpfsNodeConformance;
import dev.longshore.ipfs.testing.KuboDaemon;
import dev.longshore.ipfs.testing.SharedKubos;
import dev.longshore.model.Cid;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The real Kubo passes the suite that the in-memory twin passes. */
class KuboClientIT extends IpfsNodeConformance {
  @RegisterExtension static final SharedKubos KUBOS = new SharedKubos(2);

  private final KuboClient first = KUBOS.get(0).client();
  private final KuboClient second = KUBOS.get(1).client();

  @Override
  protected IpfsNode first() {
    return first;
  }

  @Override
  protected IpfsNode second() {
    return second;
  }

  @Override
  protected void lose(IpfsNode node, Cid cid) throws Exception {
    daemon(node).lose(cid);
  }

  @Override
  protected void disconnect() throws Exception {
    KUBOS.get(1).ipfs("swarm", "disconnect", KUBOS.get(0).ipfs("id", "-f", "/p2p/<id>").strip());
  }

  @Override
  protected void corrupt(IpfsNode node, Cid cid) throws Exception {
    daemon(node).corrupt(cid);
  }

  private KuboDaemon daemon(IpfsNode node) {
    return KUBOS.get(node == first ? 0 : 1);
  }
}
