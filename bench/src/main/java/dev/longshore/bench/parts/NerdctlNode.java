package dev.longshore.bench.parts;

import dev.longshore.programs.ContainerdServer;
import dev.longshore.programs.RunningProgram;
import dev.longshore.programs.Tools;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A containerd of its own, and nerdctl against it. Both want root. */
public record NerdctlNode(ContainerdServer containerd, RunningProgram program)
    implements AutoCloseable {
  /** Whether this process is root's. */
  public static boolean canRun() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** Starts it with everything in the folder. */
  public static NerdctlNode start(Tools tools, Path folder)
      throws IOException, InterruptedException {
    return start(new ContainerdServer(tools, folder, ""));
  }

  static NerdctlNode start(ContainerdServer containerd) throws IOException, InterruptedException {
    return new NerdctlNode(containerd, containerd.start());
  }

  /**
   * Runs nerdctl.
   *
   * @param environment says where Kubo is
   * @return its standard output
   */
  public String nerdctl(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    return Shell.run(containerd.nerdctl("bench").with(environment), arguments);
  }

  @Override
  public void close() {
    program.close();
  }
}
