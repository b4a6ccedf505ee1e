package dev.longshore.resolver.image.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteMembersTest extends MemberTableConformance {
  @TempDir Path folder;

  @Override
  MemberTable open() {
    return SqliteMembers.open(folder.resolve("resolver.db"));
  }

  @Test
  void keepsEverythingOverARestart() {
    Path file = folder.resolve("kept.db");
    try (SqliteMembers before = SqliteMembers.open(file)) {
      before.put(expansion(1, 10, 11));
    }
    try (SqliteMembers after = SqliteMembers.open(file)) {
      assertThat(after.top(cid(1))).contains(member(10));
    }
  }

  @Test
  void damagedFileIsBegunAnew() throws IOException {
    Path file = folder.resolve("damaged.db");
    Files.writeString(
        file, "this is no database, and longer than a header of a hundred bytes ".repeat(9));
    try (SqliteMembers table = SqliteMembers.open(file)) {
      table.put(expansion(1, 10));
      assertThat(table.top(cid(1))).contains(member(10));
    }
  }

  @Test
  void fileOfAnotherVersionIsBegunAnew() throws SQLException {
    Path file = folder.resolve("other.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE images (something TEXT)");
      statement.execute("PRAGMA user_version = 99");
    }
    try (SqliteMembers table = SqliteMembers.open(file)) {
      assertThat(table.top(cid(1))).isEmpty();
    }
  }

  @Test
  void folderThatCannotBeUsedIsNamed() throws IOException {
    Path blocked = Files.createFile(folder.resolve("file"));

    assertThatThrownBy(() -> SqliteMembers.open(blocked.resolve("resolver.db")))
        .hasMessageContaining(blocked.toString());
  }
}
