package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ImageFileTest {
  /** A file that lies in the folder of every test. */
  private static final String HERE = "pom.xml";

  @Test
  void aFileThatIsNamedAsAnImageDoesNotHideTheImage() {
    assertThat(Path.of(HERE)).isRegularFile();

    assertThat(ImageFile.isOne(HERE)).isFalse();
    assertThat(ImageFile.isOne(HERE + ":v1")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"./pom.xml", "./pom.xml:v1", "oci-archive:pom.xml", "oci:pom.xml:v1"})
  void aPathOrATransportSaysThatAFileIsMeant(String asked) {
    assertThat(ImageFile.isOne(asked)).isTrue();
  }

  @Test
  void aNameThatEndsAsTarsDoIsAFiles(@TempDir Path folder) {
    assertThat(ImageFile.saysFile("app.tar")).isTrue();
    assertThat(ImageFile.saysFile("app")).isFalse();
    assertThat(ImageFile.isOne(folder.resolve("app.tar").toString())).as("there is none").isFalse();
  }
}
