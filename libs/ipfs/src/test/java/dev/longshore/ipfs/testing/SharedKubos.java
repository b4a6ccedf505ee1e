package dev.longshore.ipfs.testing;

import dev.longshore.ipfs.kubo.SwarmKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Some real Kubos of one private swarm for a test class, as a static {@code @RegisterExtension}.
 */
public final class SharedKubos implements BeforeAllCallback, AfterAllCallback {
  private final int count;
  private final List<KuboDaemon> daemons = new ArrayList<>();
  private Path directory;

  public SharedKubos(int count) {
    this.count = count;
  }

  public KuboDaemon get(int index) {
    return daemons.get(index);
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException, InterruptedException {
    directory = Files.createTempDirectory("longshore-kubo");
    SwarmKey key = SwarmKey.generate(new SecureRandom());
    for (int i = 0; i < count; i++) {
      daemons.add(KuboDaemon.start("kubo" + i, directory, key));
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException, InterruptedException {
    for (KuboDaemon daemon : daemons) {
      daemon.close();
    }
    // A class that failed is run again in the same JVM.
    daemons.clear();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
