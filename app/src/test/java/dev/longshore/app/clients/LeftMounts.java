package dev.longshore.app.clients;

import dev.longshore.programs.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Mounts that a program leaves when it ends: nobody could delete the folder that they are in. */
final class LeftMounts {
  private LeftMounts() {}

  /** Takes down all below the folder, even those whose program does not answer any more. */
  static void takeDown(Path folder) throws IOException, InterruptedException {
    List<String> mounts = Files.readAllLines(Path.of("/proc/self/mounts"));
    for (String line : mounts.reversed()) {
      String target = line.split(" ", -1)[1];
      if (target.startsWith(folder + "/")) {
        Command.of("umount", "--lazy", target).run();
      }
    }
  }
}
