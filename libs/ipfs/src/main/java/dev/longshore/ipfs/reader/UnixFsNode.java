package dev.longshore.ipfs.reader;

import dev.longshore.ipfs.BadDagException;
import dev.longshore.ipfs.dagpb.PbLink;
import dev.longshore.ipfs.unixfs.UnixFsData;
import dev.longshore.model.Cid;
import java.util.List;

/** A checked dag-pb block that holds UnixFS. */
record UnixFsNode(Cid cid, List<PbLink> links, UnixFsData data) {

  BadDagException lie(String about) {
    return new BadDagException("block " + cid + ": " + about);
  }
}
