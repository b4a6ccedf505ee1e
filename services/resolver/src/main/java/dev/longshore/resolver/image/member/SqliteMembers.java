package dev.longshore.resolver.image.member;

import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.OciJson;
import dev.longshore.resolver.store.SqliteFile;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.stream.Stream;

/** The content of images, in a SQLite file; shared parts are stored once. */
public final class SqliteMembers implements MemberTable {
  /** Increase it with every change of the tables: a file of another version is replaced. */
  private static final int VERSION = 2;

  private static final List<String> TABLES =
      List.of(
          "CREATE TABLE images (id INTEGER PRIMARY KEY, cid BLOB NOT NULL UNIQUE)",
          "CREATE TABLE parts (id INTEGER PRIMARY KEY, digest TEXT NOT NULL, size INTEGER NOT NULL,"
              + " media_type TEXT NOT NULL, cid BLOB NOT NULL,"
              + " UNIQUE (digest, size, media_type, cid))",
          // Place 0 is the image's top.
          "CREATE TABLE members (image INTEGER NOT NULL, place INTEGER NOT NULL,"
              + " part INTEGER NOT NULL, UNIQUE (image, part))",
          "CREATE INDEX members_by_part ON members (part)",
          "CREATE TABLE referrers (image INTEGER NOT NULL, subject TEXT NOT NULL,"
              + " descriptor BLOB NOT NULL)",
          "CREATE INDEX referrers_by_subject ON referrers (subject)",
          "CREATE INDEX referrers_by_image ON referrers (image)",
          "CREATE TABLE gaps (image INTEGER NOT NULL, digest TEXT NOT NULL, what TEXT NOT NULL)",
          "CREATE INDEX gaps_by_digest ON gaps (digest)",
          "CREATE INDEX gaps_by_image ON gaps (image)");

  /** Rows of a long list to read at a time. */
  private static final int STEP = 200;

  private static final String MEMBER =
      "SELECT p.digest, p.size, p.media_type, p.cid FROM images i"
          + " JOIN members m ON m.image = i.id JOIN parts p ON p.id = m.part WHERE i.cid = ? AND ";

  private final SqliteFile file;

  private SqliteMembers(SqliteFile file) {
    this.file = file;
  }

  /** Opens or creates the file; replaces a damaged one, or one of another release. */
  public static SqliteMembers open(Path path) {
    return new SqliteMembers(SqliteFile.open(path, VERSION, TABLES));
  }

  @Override
  public Optional<Member> top(Cid image) {
    return file.query(MEMBER + "m.place = 0", SqliteMembers::member, image.bytes()).stream()
        .findFirst();
  }

  @Override
  public Optional<Member> member(Cid image, Digest digest) {
    return file
        .query(MEMBER + "p.digest = ?", SqliteMembers::member, image.bytes(), digest.toString())
        .stream()
        .findFirst();
  }

  @Override
  public List<Digest> parts(Cid image) {
    return file.query(MEMBER + "TRUE", row -> member(row).digest(), (Object) image.bytes());
  }

  @Override
  public Stream<Cid> imagesWith(Digest digest) {
    return file
        .query("SELECT id FROM parts WHERE digest = ?", row -> row.getLong(1), digest.toString())
        .stream()
        .flatMap(
            part ->
                pages(
                    "SELECT m.rowid, i.cid FROM members m JOIN images i ON i.id = m.image"
                        + " WHERE m.part = ? AND m.rowid > ? ORDER BY m.rowid LIMIT ?",
                    row -> Cid.ofBytes(row.getBytes(2)),
                    part));
  }

  @Override
  public List<Cid> having(Digest digest, List<Cid> images) {
    List<Cid> having = new ArrayList<>();
    file.write(
        session -> {
          for (Cid image : images) {
            if (!session
                .query(MEMBER + "p.digest = ?", row -> true, image.bytes(), digest.toString())
                .isEmpty()) {
              having.add(image);
            }
          }
        });
    return having;
  }

  @Override
  public List<Cid> unread(List<Cid> images) {
    List<Cid> unread = new ArrayList<>();
    file.write(
        session -> {
          for (Cid image : images) {
            if (session
                .query("SELECT 1 FROM images WHERE cid = ?", row -> true, image.bytes())
                .isEmpty()) {
              unread.add(image);
            }
          }
        });
    return unread;
  }

  @Override
  public Stream<Referral> referrersOf(Digest subject) {
    return pages(
        "SELECT r.rowid, i.cid, r.descriptor FROM referrers r JOIN images i ON i.id = r.image"
            + " WHERE r.subject = ? AND r.rowid > ? ORDER BY r.rowid LIMIT ?",
        row ->
            new Referral(
                Cid.ofBytes(row.getBytes(2)),
                new Referrer(subject, Descriptor.parse(row.getBytes(3)))),
        subject.toString());
  }

  private record At<T>(long row, T value) {}

  /** All rows of a query by key; its next parameters are the row before the page, and a limit. */
  private <T> Stream<T> pages(String sql, SqliteFile.Row<T> read, Object key) {
    LongFunction<List<At<T>>> page =
        after -> file.query(sql, row -> new At<>(row.getLong(1), read.read(row)), key, after, STEP);
    return Stream.iterate(
            page.apply(0), rows -> !rows.isEmpty(), rows -> page.apply(rows.getLast().row()))
        .flatMap(List::stream)
        .map(At::value);
  }

  @Override
  public List<Gap> gapsAt(Digest digest, int limit) {
    return file.query(
        "SELECT i.cid, g.what FROM gaps g JOIN images i ON i.id = g.image"
            + " WHERE g.digest = ? LIMIT ?",
        row -> new Gap(Cid.ofBytes(row.getBytes(1)), new LeftOut(digest, row.getString(2))),
        digest.toString(),
        limit);
  }

  @Override
  public void put(Expansion expansion) {
    byte[] cid = expansion.image().bytes();
    file.write(
        session -> {
          remove(session, cid);
          session.update("INSERT INTO images (cid) VALUES (?)", cid);
          long image = id(session, "SELECT id FROM images WHERE cid = ?", cid);
          int place = 0;
          for (Member member : order(expansion)) {
            session.update(
                "INSERT INTO members (image, place, part) VALUES (?, ?, ?)",
                image,
                place++,
                part(session, member));
          }
          for (Referrer referrer : expansion.referrers()) {
            session.update(
                "INSERT INTO referrers (image, subject, descriptor) VALUES (?, ?, ?)",
                image,
                referrer.subject().toString(),
                OciJson.descriptor(referrer.descriptor()));
          }
          for (LeftOut leftOut : expansion.leftOut()) {
            session.update(
                "INSERT INTO gaps (image, digest, what) VALUES (?, ?, ?)",
                image,
                leftOut.digest().toString(),
                leftOut.what());
          }
        });
  }

  @Override
  public void remove(Cid image) {
    file.write(session -> remove(session, image.bytes()));
  }

  @Override
  public void close() {
    file.close();
  }

  private static List<Member> order(Expansion expansion) {
    List<Member> members = new ArrayList<>(expansion.members());
    members.remove(expansion.top());
    members.addFirst(expansion.top());
    return members;
  }

  private static void remove(SqliteFile.Session session, byte[] cid) throws SQLException {
    String image = " IN (SELECT id FROM images WHERE cid = ?)";
    session.update(
        "DELETE FROM parts WHERE id IN (SELECT m.part FROM members m WHERE m.image"
            + image
            + " AND NOT EXISTS (SELECT 1 FROM members o"
            + " WHERE o.part = m.part AND o.image != m.image))",
        cid);
    session.update("DELETE FROM members WHERE image" + image, cid);
    session.update("DELETE FROM referrers WHERE image" + image, cid);
    session.update("DELETE FROM gaps WHERE image" + image, cid);
    session.update("DELETE FROM images WHERE cid = ?", cid);
  }

  private static long part(SqliteFile.Session session, Member member) throws SQLException {
    Object[] values = {
      member.digest().toString(), member.size(), member.mediaType(), member.cid().bytes()
    };
    session.update(
        "INSERT OR IGNORE INTO parts (digest, size, media_type, cid) VALUES (?, ?, ?, ?)", values);
    return id(
        session,
        "SELECT id FROM parts WHERE digest = ? AND size = ? AND media_type = ? AND cid = ?",
        values);
  }

  private static long id(SqliteFile.Session session, String sql, Object... parameters)
      throws SQLException {
    return session.query(sql, row -> row.getLong(1), parameters).getFirst();
  }

  private static Member member(ResultSet row) throws SQLException {
    return new Member(
        Digest.parse(row.getString(1)),
        row.getLong(2),
        row.getString(3),
        Cid.ofBytes(row.getBytes(4)));
  }
}
