package dev.longshore.resolver.hub;

import dev.longshore.ipfs.Deadline;
import dev.longshore.model.Cid;
import dev.longshore.resolver.content.DagBlocks;
import java.io.IOException;
import java.util.Map;

/** Blocks of a {@link PlatformLayout}: its directories, and the files of the whole one. */
final class PlatformBlocks implements DagBlocks {
  private final Map<Cid, byte[]> directories;
  private final DagBlocks whole;

  PlatformBlocks(Map<Cid, byte[]> directories, DagBlocks whole) {
    this.directories = directories;
    this.whole = whole;
  }

  @Override
  public byte[] get(Cid cid, Deadline deadline) throws IOException {
    byte[] own = directories.get(cid);
    return own == null ? whole.get(cid, deadline) : own.clone();
  }

  @Override
  public boolean holds(Cid cid) throws IOException {
    return directories.containsKey(cid) || whole.holds(cid);
  }

  /** What lies in a directory is small, and what other platforms have is not to come. */
  @Override
  public boolean bring(Cid parent) {
    return directories.containsKey(parent) || whole.bring(parent);
  }

  @Override
  public byte[] child(Cid parent, Cid cid, Deadline deadline) throws IOException {
    return directories.containsKey(parent)
        ? get(cid, deadline)
        : whole.child(parent, cid, deadline);
  }
}
