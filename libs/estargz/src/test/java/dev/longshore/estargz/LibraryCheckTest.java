package dev.longshore.estargz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.check.testing.Found;
import org.junit.jupiter.api.Test;

class LibraryCheckTest {
  @Test
  void aMissingLibraryIsWrongWhereARuleNeedsIt() throws Exception {
    Runnable missing =
        () -> {
          throw new IllegalStateException("eStargz: libdeflate.so.0 cannot be loaded");
        };

    assertThat(Found.by(new LibraryCheck(missing, true)).wrong())
        .contains("cannot be loaded", "apt-get install libdeflate0");
    assertThat(Found.by(new LibraryCheck(missing, false)).warnings()).contains("nothing unless");
    assertThat(Found.by(new LibraryCheck(() -> {}, true)).fine()).contains("1.14 to 1.18");
  }
}
