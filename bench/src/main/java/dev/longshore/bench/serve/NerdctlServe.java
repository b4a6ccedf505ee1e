package dev.longshore.bench.serve;

import dev.longshore.app.parts.PartFailedException;
import dev.longshore.bench.measure.ProcessTree;
import dev.longshore.bench.parts.Daemon;
import dev.longshore.bench.parts.FreePorts;
import dev.longshore.bench.parts.LongshoreUp;
import dev.longshore.bench.parts.Tools;
import dev.longshore.oci.Descriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** {@code nerdctl ipfs registry serve} on the Kubo node that the resolver reads from. */
final class NerdctlServe implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(30);
  private final int port;
  private final Daemon daemon;

  private NerdctlServe(int port, Daemon daemon) {
    this.port = port;
    this.daemon = daemon;
  }

  static NerdctlServe start(Tools tools, LongshoreUp up, Path folder)
      throws IOException, PartFailedException, InterruptedException {
    int port = FreePorts.find(1).getFirst();
    Daemon daemon =
        Daemon.start(
            List.of(
                tools.path("nerdctl").toString(),
                "ipfs",
                "registry",
                "serve",
                "--listen-registry",
                "127.0.0.1:" + port,
                "--ipfs-address",
                "/ip4/127.0.0.1/tcp/" + up.ports().kuboRpc(0)),
            Map.of(),
            folder.resolve("nerdctl-serve.log"),
            line -> line.contains("127.0.0.1:" + port),
            START);
    return new NerdctlServe(port, daemon);
  }

  /** The server; Kubo, which both sides read from, is counted with neither. */
  ProcessTree processes() {
    return new ProcessTree(daemon.process());
  }

  String url(String root, Descriptor blob) {
    return "http://127.0.0.1:%d/v2/ipfs/%s/blobs/%s".formatted(port, root, blob.digest());
  }

  @Override
  public void close() {
    daemon.close();
  }
}
