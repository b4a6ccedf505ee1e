package dev.longshore.estargz;

import dev.longshore.model.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a plain pull makes of a tar: entries are applied in order as containerd does, symbolic links
 * on the way are followed, a whiteout removes what is there.
 */
final class Extracted {
  private static final int MAX_LINKS = 40;

  private final SortedMap<String, Node> nodes = new TreeMap<>();

  private record Node(TarEntry entry, String content) {
    String text(String names) {
      return "%s %o %d:%d %s:%s %d.%09d -> %s dev %d:%d %s %s names %s"
          .formatted(
              entry.type().tocName(),
              entry.mode(),
              entry.uid(),
              entry.gid(),
              entry.userName(),
              entry.groupName(),
              entry.seconds(),
              entry.nanos(),
              entry.link(),
              entry.devMajor(),
              entry.devMinor(),
              entry.records(),
              content,
              names);
    }
  }

  private Extracted() {}

  /** Each path and all that is to be known of it, the other names of its file included. */
  static SortedMap<String, String> of(byte[] tar) throws IOException {
    var extracted = new Extracted();
    var reader = new TarReader(new ByteArrayInputStream(tar));
    for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
      byte[] content = new byte[Math.toIntExact(entry.size())];
      reader.readPayload(content, 0, content.length);
      String path = EntryNames.clean("entry", entry.name());
      if (!EntryNames.isLandmark(path) && !path.equals(EntryNames.TOC)) {
        extracted.apply(path, entry, content);
      }
    }
    return extracted.described();
  }

  private void apply(String path, TarEntry entry, byte[] content) {
    String real = path.isEmpty() ? "" : resolved(path);
    String base = EntryNames.base(real);
    if (base.startsWith(EntryNames.WHITEOUT) && !base.equals(EntryNames.OPAQUE)) {
      String hidden = base.substring(EntryNames.WHITEOUT.length());
      remove(EntryNames.within(EntryNames.parent(real), hidden));
    }
    Node there = nodes.get(real);
    boolean merges = // with a directory that is there, or was made for what lies in it
        (there == null || there.entry.type() == EntryType.DIRECTORY)
            && entry.type() == EntryType.DIRECTORY;
    if (!merges) {
      remove(real);
    }
    if (entry.type() == EntryType.HARD_LINK) {
      @Nullable Node target = nodes.get(resolved(clean(entry.link())));
      if (target == null) {
        throw new AssertionError(path + ": no link target " + entry.link());
      }
      nodes.put(real, target);
    } else {
      nodes.put(real, new Node(entry, Digest.of(content).hex()));
    }
  }

  private static String clean(String name) {
    try {
      return EntryNames.clean("link", name);
    } catch (EstargzException e) {
      throw new AssertionError(e);
    }
  }

  private void remove(String path) {
    nodes.remove(path);
    nodes.keySet().removeIf(other -> other.startsWith(path + "/"));
  }

  /** With symbolic links in the folders followed; their targets are names beside them. */
  private String resolved(String path) {
    String folder = "";
    int links = 0;
    for (String part : EntryNames.parent(path).split("/", -1)) {
      if (part.isEmpty()) {
        continue;
      }
      String next = EntryNames.within(folder, part);
      Node node = nodes.get(next);
      while (node != null && node.entry.type() == EntryType.SYMLINK && links < MAX_LINKS) {
        next = EntryNames.within(folder, node.entry.link());
        node = nodes.get(next);
        links++;
      }
      folder = next;
    }
    return EntryNames.within(folder, EntryNames.base(path));
  }

  private SortedMap<String, String> described() {
    var names = new IdentityHashMap<Node, List<String>>();
    nodes.forEach((path, node) -> names.computeIfAbsent(node, n -> new ArrayList<>()).add(path));
    SortedMap<String, String> all = new TreeMap<>();
    nodes.forEach((path, node) -> all.put(path, node.text(names.get(node).toString())));
    return all;
  }
}
