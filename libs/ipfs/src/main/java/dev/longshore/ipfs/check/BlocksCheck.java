package dev.longshore.ipfs.check;

import dev.longshore.ipfs.kubo.FlatfsFiles;
import dev.longshore.model.check.Check;
import dev.longshore.model.check.Findings;
import java.nio.file.Path;

/** Whether the blocks of the resolver's own node can be read from its files. */
public record BlocksCheck(Path repository) implements Check {
  @Override
  public String part() {
    return "folder resolver.kubo-repository";
  }

  @Override
  public void look(Findings findings) {
    String tried = "read " + repository.resolve("blocks");
    if (new FlatfsFiles(repository).readable()) {
      findings.fine(tried, "blocks as Kubo lays them out");
    } else {
      findings.warning(
          tried,
          "it is not there, not readable for this user, or of another layout",
          "correct kubo-repository, let this user read it (Kubo's is closed to others), or leave it"
              + " out: reads go through the gateway meanwhile, at half the speed");
    }
  }
}
