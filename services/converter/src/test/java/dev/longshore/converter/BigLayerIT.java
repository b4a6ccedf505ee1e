package dev.longshore.converter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.LocalCheck;
import dev.longshore.ipfs.testing.KuboDaemon;
import dev.longshore.ipfs.testing.SharedKubos;
import dev.longshore.model.Cid;
import dev.longshore.programs.Command;
import dev.longshore.settings.value.ByteSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Memory does not follow a layer's size: a small heap takes a layer of any. CI takes 160 MiB
 * through 40 MiB, the nightly run 2 GiB; {@code -Dlongshore.big-layer=10GiB
 * -Dlongshore.big-layer-heap=256m} is the full size.
 */
class BigLayerIT {
  private static final ByteSize SIZE =
      ByteSize.parse(System.getProperty("longshore.big-layer", "160MiB"));
  private static final String HEAP = System.getProperty("longshore.big-layer-heap", "40m");

  @RegisterExtension static final SharedKubos KUBOS = new SharedKubos(1);

  @Test
  void goesThroughASmallHeap() throws Exception {
    KuboDaemon kubo = KUBOS.get(0);
    try (var registry = new GeneratedRegistry(new GeneratedLayer(SIZE.bytes()))) {
      String dag = convertInAProcessOfItsOwn(registry, kubo);

      assertThat(
              kubo.client()
                  .verifyLocal(
                      Cid.parse(dag), LocalCheck.PRESENCE, Deadline.after(Duration.ofMinutes(10)))
                  .bytes())
          .isGreaterThan(SIZE.bytes());
    }
  }

  private static String convertInAProcessOfItsOwn(GeneratedRegistry registry, KuboDaemon kubo)
      throws Exception {
    return Command.of(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP,
                "-XX:MaxDirectMemorySize=16m",
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                BigLayerMain.class.getName(),
                registry.address(),
                registry.top().digest().toString(),
                Long.toString(registry.top().size()),
                kubo.address().rpc().toString(),
                kubo.address().gateway().toString()))
        .within(Duration.ofMinutes(10))
        .run()
        .strip();
  }
}
