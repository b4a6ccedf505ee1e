package dev.longshore.app.demo;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SiteRoomTest {
  private static final Path FOLDER = Path.of("/home/demo");

  @Test
  void saysWhatIsMissingWhereSitesWouldFetchNothing() {
    assertThatIOException()
        .isThrownBy(() -> new SiteRoom(FOLDER, 52_000_000_000L, 270_000_000_000L).require())
        .withMessageContaining("/home/demo")
        .withMessageContaining("52.0 of 270.0 GB free")
        .withMessageContaining("less than 20 %")
        .withMessageContaining("2.0 GB more");
  }

  @Test
  void isEnoughWhereSitesFetch() {
    assertThatCode(() -> new SiteRoom(FOLDER, 54_000_000_000L, 270_000_000_000L).require())
        .doesNotThrowAnyException();
  }
}
