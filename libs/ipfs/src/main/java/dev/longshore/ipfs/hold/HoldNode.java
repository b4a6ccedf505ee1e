package dev.longshore.ipfs.hold;

import dev.longshore.ipfs.Block;
import dev.longshore.ipfs.MalformedBytesException;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.dagpb.PbNode;
import dev.longshore.ipfs.node.RecursivePin;
import dev.longshore.model.Cid;
import dev.longshore.model.multiformats.Multihash;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A directory that links what somebody needs, such as a conversion, so that its pin holds that. The
 * pin has no name, so the name stands in the first link; and the hash, SHA-512, is one that no
 * other pin of ours and no file by Kubo's defaults has, so that a list of pins shows which to read.
 */
public final class HoldNode {
  /** UnixFS: a directory. */
  private static final byte[] DIRECTORY = {8, 1};

  private HoldNode() {}

  /**
   * Links these, the first under the name.
   *
   * @param held one or more
   */
  public static Block of(String name, Collection<Cid> held) {
    List<PbLink> links = new ArrayList<>(held.size());
    for (Cid cid : held) {
      String link = links.isEmpty() ? name : Integer.toString(links.size());
      links.add(new PbLink(cid, link, 0));
    }
    byte[] node = new PbNode(links, DIRECTORY).encode();
    return Block.verify(Cid.dagPbSha512(sha512(node)), node);
  }

  /**
   * A block without what it links: its raw CID. Collections go by the hash, and walks end there; so
   * the blocks of a large file can be held in parts without reading it all each time.
   */
  public static Cid alone(Cid block) {
    return Cid.raw(block.digest());
  }

  /** Whether a pin can be of such a node. */
  public static boolean mayBe(RecursivePin pin) {
    return pin.name().isEmpty()
        && pin.root().codec() == Cid.DAG_PB
        && pin.root().multihash().code() == Multihash.SHA2_512;
  }

  /** The name in a node; of anything else whatever stands there, if anything. */
  public static Optional<String> name(Block block) {
    try {
      return PbNode.decode(block.bytes()).links().stream().findFirst().map(PbLink::name);
    } catch (MalformedBytesException e) {
      return Optional.empty();
    }
  }

  private static byte[] sha512(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-512").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK lacks SHA-512", e);
    }
  }
}
