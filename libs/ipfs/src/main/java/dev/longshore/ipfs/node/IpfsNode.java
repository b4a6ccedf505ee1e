package dev.longshore.ipfs.node;

/**
 * The port to one IPFS node. Code that needs less takes one of its four parts.
 *
 * <p>All calls block, end by their deadline, and stop when the thread is interrupted ({@link
 * Fault#CANCELLED}).
 */
public interface IpfsNode extends BlockNode, PinNode, SwarmNode, RepoNode {
  @Override
  String name();
}
