package dev.longshore.app.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeLockTest {
  @TempDir Path home;

  @Test
  void letsOneRunHaveAHomeAndTellsTheOtherWhoHasIt() throws Exception {
    try (HomeLock _ = HomeLock.take(home, "run")) {
      assertThatThrownBy(() -> HomeLock.take(home, "run"))
          .isInstanceOf(PartFailedException.class)
          .hasMessageContaining(String.valueOf(ProcessHandle.current().pid()))
          .hasMessageContaining("LONGSHORE_HOME");
    }
    try (HomeLock again = HomeLock.take(home, "run")) {
      assertThat(again).isNotNull();
    }
  }

  @Test
  void keepsServicesOfOneHomeApart() throws Exception {
    try (HomeLock watcher = HomeLock.take(home, "watcher");
        HomeLock pinner = HomeLock.take(home, "pinner")) {
      assertThat(watcher).isNotEqualTo(pinner);
    }
  }

  @Test
  void holdsALockThatOtherProcessesSee() throws Exception {
    try (HomeLock _ = HomeLock.take(home, "run");
        FileChannel other = FileChannel.open(home.resolve("locks/run"), StandardOpenOption.WRITE)) {
      assertThatThrownBy(other::tryLock).isInstanceOf(OverlappingFileLockException.class);
    }
    try (FileChannel other = FileChannel.open(home.resolve("locks/run"), StandardOpenOption.WRITE);
        FileLock free = other.tryLock()) {
      assertThat(free).isNotNull();
    }
    assertThat(Files.readString(home.resolve("locks/run")))
        .isEqualTo(String.valueOf(ProcessHandle.current().pid()));
  }
}
