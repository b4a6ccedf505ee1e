package dev.longshore.estargz;

import dev.longshore.estargz.EstargzException.Reason;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Headers before an entry's own that override it: PAX records, GNU's long names. */
final class ExtendedHeaders {
  /** 32 bits, without the value that means none to the kernel. */
  private static final long MAX_OWNER = 0xFFFF_FFFEL;

  /** The most for seven octal digits; there is no PAX record for these. */
  private static final long MAX_OCTAL = 0x1F_FFFF;

  /** Linux's LOGIN_NAME_MAX. */
  private static final int MAX_OWNER_NAME = 256;

  private @Nullable SortedMap<String, String> pax;
  private @Nullable String longName;
  private @Nullable String longLink;

  boolean isEmpty() {
    return pax == null && longName == null && longLink == null;
  }

  void pax(String text) throws EstargzException {
    requireFirst(pax);
    pax = PaxRecords.parse(text);
  }

  void longName(String text) throws EstargzException {
    requireFirst(longName);
    longName = upToNul(text);
  }

  void longLink(String text) throws EstargzException {
    requireFirst(longLink);
    longLink = upToNul(text);
  }

  private static void requireFirst(@Nullable Object earlier) throws EstargzException {
    if (earlier != null) {
      throw new EstargzException(
          Reason.TAR_INVALID, "tar: two extended headers of one kind before an entry");
    }
  }

  private static String upToNul(String text) {
    int nul = text.indexOf('\0');
    return nul < 0 ? text : text.substring(0, nul);
  }

  TarEntry applyTo(TarBlock header) throws EstargzException {
    SortedMap<String, String> records =
        pax == null ? Collections.emptySortedMap() : new TreeMap<>(pax);
    String name = take(records, "path", header.name());
    String link = take(records, "linkpath", header.link());
    name = longName != null ? longName : name;
    link = longLink != null ? longLink : link;
    String shown = ByteText.shown(name);
    EntryType type = type(header.flag(), name, shown);
    checkLength(shown, "link", link, EntryNames.MAX_NAME_BYTES);
    String userName = take(records, "uname", header.userName());
    String groupName = take(records, "gname", header.groupName());
    checkLength(shown, "user name", userName, MAX_OWNER_NAME);
    checkLength(shown, "group name", groupName, MAX_OWNER_NAME);
    long uid = range(shown, "uid", take(records, "uid", header.uid()), MAX_OWNER);
    long gid = range(shown, "gid", take(records, "gid", header.gid()), MAX_OWNER);
    long size = range(shown, "size", take(records, "size", header.size()), Long.MAX_VALUE);
    boolean device = type.isDevice();
    PaxTime time = time(records, header).within(shown);
    return new TarEntry(
        type,
        name,
        type.isLink() ? link : "",
        (int) range(shown, "mode", header.mode(), MAX_OCTAL),
        uid,
        gid,
        type == EntryType.FILE ? size : 0,
        time.seconds(),
        time.nanos(),
        userName,
        groupName,
        device ? (int) range(shown, "devmajor", header.devMajor(), MAX_OCTAL) : 0,
        device ? (int) range(shown, "devminor", header.devMinor(), MAX_OCTAL) : 0,
        records);
  }

  private static EntryType type(char flag, String name, String shown) throws EstargzException {
    boolean slash = name.endsWith("/");
    EntryType type =
        switch (flag) {
          case '\0' -> slash ? EntryType.DIRECTORY : EntryType.FILE; // before 1988
          case '0', '1', '2', '3', '4', '5', '6' -> EntryType.of(flag);
          default -> throw unsupported(flag, shown);
        };
    if (slash && type != EntryType.DIRECTORY && !type.isLink()) {
      throw new EstargzException(
          Reason.TAR_INVALID, "tar: %s ends in a slash and is no directory".formatted(shown));
    }
    return type;
  }

  private static EstargzException unsupported(char flag, String shown) {
    String what =
        switch (flag) {
          case 'S' -> "a sparse file; write the layer without --sparse";
          case 'g' -> "PAX records for all entries that follow; write the layer without them";
          default -> "a kind of entry that eStargz has no word for";
        };
    return new EstargzException(
        Reason.ENTRY_UNSUPPORTED,
        "tar: %s has type %s: %s".formatted(shown, ByteText.shown(String.valueOf(flag)), what));
  }

  private static String take(SortedMap<String, String> records, String key, String field) {
    String value = records.isEmpty() ? null : records.remove(key);
    return value == null || value.isEmpty() ? field : value;
  }

  private static long take(SortedMap<String, String> records, String key, long field)
      throws EstargzException {
    String value = records.isEmpty() ? null : records.remove(key);
    return value == null || value.isEmpty() ? field : PaxRecords.number(key, value);
  }

  private static PaxTime time(SortedMap<String, String> records, TarBlock header)
      throws EstargzException {
    String value = records.isEmpty() ? null : records.remove("mtime");
    return value == null || value.isEmpty()
        ? new PaxTime(header.seconds(), 0)
        : PaxTime.parse("mtime", value);
  }

  private static long range(String shown, String field, long value, long most)
      throws EstargzException {
    if (value < 0 || value > most) {
      throw new EstargzException(
          Reason.TAR_INVALID,
          "tar: %s has %s %d (expected: 0 to %d)".formatted(shown, field, value, most));
    }
    return value;
  }

  private static void checkLength(String shown, String field, String text, int most)
      throws EstargzException {
    if (text.length() > most) {
      throw new EstargzException(
          Reason.NAME_REFUSED,
          "tar: %s has a %s of %d bytes, the limit is %d"
              .formatted(shown, field, text.length(), most));
    }
  }
}
