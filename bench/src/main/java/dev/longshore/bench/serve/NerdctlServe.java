package dev.longshore.bench.serve;

import dev.longshore.bench.measure.ProcessTree;
import dev.longshore.bench.parts.LongshoreUp;
import dev.longshore.oci.Descriptor;
import dev.longshore.programs.FreePorts;
import dev.longshore.programs.Program;
import dev.longshore.programs.Ready;
import dev.longshore.programs.RunningProgram;
import dev.longshore.programs.Tools;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** {@code nerdctl ipfs registry serve} on the Kubo node that the resolver reads from. */
final class NerdctlServe implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(30);
  private final int port;
  private final RunningProgram program;

  private NerdctlServe(int port, RunningProgram program) {
    this.port = port;
    this.program = program;
  }

  static NerdctlServe start(Tools tools, LongshoreUp up, Path folder)
      throws IOException, InterruptedException {
    int port = FreePorts.find();
    Program program =
        new Program(
            "nerdctl ipfs registry serve",
            tools.command(
                "nerdctl",
                "ipfs",
                "registry",
                "serve",
                "--listen-registry",
                "127.0.0.1:" + port,
                "--ipfs-address",
                "/ip4/127.0.0.1/tcp/" + up.ports().kuboRpc(0)),
            folder.resolve("nerdctl-serve.log"),
            Ready.says("127.0.0.1:" + port),
            START);
    return new NerdctlServe(port, program.start());
  }

  /** The server; Kubo, which both sides read from, is counted with neither. */
  ProcessTree processes() {
    return new ProcessTree(program.process());
  }

  String url(String root, Descriptor blob) {
    return "http://127.0.0.1:%d/v2/ipfs/%s/blobs/%s".formatted(port, root, blob.digest());
  }

  @Override
  public void close() {
    program.close();
  }
}
