package dev.longshore.estargz;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One entry of a tar. Texts are {@link ByteText}.
 *
 * @param name as the tar spells it, with a {@code ./} before or a slash behind if that is there
 * @param size bytes of payload, 0 for all but files
 * @param seconds of the modification time since 1970
 * @param nanos after those seconds, 0 to 999,999,999
 * @param records PAX records that are no field here: extended attributes, other times, unknown ones
 */
record TarEntry(
    EntryType type,
    String name,
    String link,
    int mode,
    long uid,
    long gid,
    long size,
    long seconds,
    int nanos,
    String userName,
    String groupName,
    int devMajor,
    int devMinor,
    SortedMap<String, String> records) {
  static final String XATTR = "SCHILY.xattr.";

  TarEntry {
    records = Collections.unmodifiableSortedMap(new TreeMap<>(records));
  }

  /**
   * A file owned by root, from 1970, without permissions: the reference's landmarks and its TOC.
   */
  static TarEntry bare(String name, long size) {
    return new TarEntry(
        EntryType.FILE, name, "", 0, 0, 0, size, 0, 0, "", "", 0, 0, Collections.emptySortedMap());
  }
}
