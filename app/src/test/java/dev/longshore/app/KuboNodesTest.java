package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.runtime.testing.TlsFiles;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KuboNodesTest {
  @TempDir private Path folder;

  /** Each that is made watches its files for ever; the page asks its peers every five seconds. */
  @Test
  void aPeerThatIsOpenedAgainReadsItsAuthoritiesOnce() throws Exception {
    TlsFiles files = TlsFiles.write(folder);

    assertThat(KuboNodes.sockets(files.stranger())).isSameAs(KuboNodes.sockets(files.stranger()));
    assertThat(KuboNodes.sockets(null)).isNotSameAs(KuboNodes.sockets(files.stranger()));
  }
}
