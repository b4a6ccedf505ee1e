package dev.longshore.app.clients;

import dev.longshore.programs.Command;
import dev.longshore.programs.ContainerdServer;
import dev.longshore.programs.RunningProgram;
import java.io.IOException;
import java.nio.file.Path;

/** A containerd of this test alone. Needs root: it mounts layers and starts containers. */
record ContainerdNode(ContainerdServer containerd, RunningProgram program)
    implements AutoCloseable {
  static ContainerdNode start(Path folder) throws IOException, InterruptedException {
    return start(ContainerdServer.in(folder));
  }

  /** With a snapshotter called {@code stargz} that answers at this socket. */
  static ContainerdNode startWithStargz(Path folder, Path socket)
      throws IOException, InterruptedException {
    return start(ContainerdServer.in(folder).withStargz(socket));
  }

  /** Or a client would not fetch what another has in its namespace. */
  private static ContainerdNode start(ContainerdServer containerd)
      throws IOException, InterruptedException {
    ContainerdServer isolated = containerd.isolated();
    return new ContainerdNode(isolated, isolated.start());
  }

  /**
   * nerdctl in a namespace of its own.
   *
   * @param ipfsRepository a Kubo's repository, whose file {@code api} names its address
   */
  Command nerdctl(Path ipfsRepository) throws IOException, InterruptedException {
    return containerd.nerdctl("nerdctl", ipfsRepository);
  }

  /** ctr in a namespace of its own. */
  Command ctr() throws IOException, InterruptedException {
    return containerd.ctr("ctr");
  }

  /** ctr where {@link #nerdctl} has its images. */
  Command ctrOfNerdctl() throws IOException, InterruptedException {
    return containerd.ctr("nerdctl");
  }

  /** The same with what the stargz-snapshotter adds. */
  Command ctrRemote() throws IOException, InterruptedException {
    return containerd.ctr("ctr-remote", "ctr");
  }

  @Override
  public void close() throws IOException, InterruptedException {
    program.close();
    // What `ctr images mount` had it mount stays so, whatever ctr unmounts.
    LeftMounts.takeDown(containerd.folder().resolve("state"));
  }
}
