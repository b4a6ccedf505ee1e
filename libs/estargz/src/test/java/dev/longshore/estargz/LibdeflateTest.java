package dev.longshore.estargz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LibdeflateTest {
  @Test
  void aMachineWithoutTheLibraryIsToldWhichPackageToInstall() {
    assertThatThrownBy(() -> Libdeflate.load("libdeflate-that-is-not-there.so.0"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("libdeflate-that-is-not-there.so.0 cannot be loaded")
        .hasMessageContaining("apt-get install libdeflate0");
  }

  @Test
  void anotherLibraryOfThatNameIsNotTakenForIt() {
    assertThatThrownBy(() -> Libdeflate.load("libz.so.1"))
        .hasMessageContaining("libdeflate_alloc_compressor");
  }

  @Test
  void theLibraryIsLoadedOnce() {
    assertThat(Libdeflate.library()).isSameAs(Libdeflate.library());
  }
}
