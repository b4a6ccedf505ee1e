package dev.longshore.app.mirror;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/** {@code registries.yaml} of k3s and RKE2, which they read at their start. */
record RancherFiles(MachineRoot root, ContainerRuntime runtime, String file)
    implements RuntimeFiles {

  static String usualFile(ContainerRuntime runtime) {
    return "/etc/rancher/" + runtime + "/registries.yaml";
  }

  @Override
  public Wanted wanted(MirrorSpec spec, Before before) throws IOException, MirrorException {
    if (spec.login().filter(login -> login.user().isEmpty()).isPresent()) {
      throw new MirrorException(
          runtime
              + " shows a user and a password; nothing was changed: write USER:PASSWORD into the"
              + " file of --credential-file (a token's user is its name)");
    }
    Optional<StoredFile> original = before.of(file);
    String merged = new RegistriesYaml(spec, runtime, file).merged(original);
    // It is made for secrets, so nobody else needs to read it.
    StoredFile content = original.orElse(StoredFile.of("", StoredFile.FOR_OWNER));
    SequencedMap<String, StoredFile> files = new LinkedHashMap<>();
    files.put(file, content.with(merged, spec.login().isPresent()));
    List<String> notes = new ArrayList<>();
    notes.add(
        runtime
            + " has no dial timeout to set: a host that does not answer at all is given up after"
            + " 30 s");
    if (spec.registries().stream().anyMatch(this::hasOtherAddress)) {
      notes.add(
          runtime
              + " asks a registry last at https://NAME, whatever address was given here: list"
              + " another one as an endpoint yourself");
    }
    return new Wanted(files, notes, List.of());
  }

  private boolean hasOtherAddress(MirroredRegistry registry) {
    return registry
        .upstream()
        .filter(
            upstream ->
                !registry.name().equals(MirroredRegistry.HUB)
                    && !upstream.toString().equals("https://" + registry.name()))
        .isPresent();
  }

  @Override
  public List<String> likely() {
    return List.of(file);
  }

  /** Servers and agents are units of their own; both may be installed. */
  @Override
  public Optional<Restart> restart() throws IOException {
    String agent = runtime + "-agent";
    String server = runtime == ContainerRuntime.K3S ? "k3s" : runtime + "-server";
    for (String folder :
        List.of(
            "/etc/systemd/system/multi-user.target.wants",
            "/etc/systemd/system",
            "/usr/local/lib/systemd/system",
            "/usr/lib/systemd/system")) {
      for (String unit : List.of(agent, server)) {
        if (root.has(folder + "/" + unit + ".service")) {
          return Optional.of(new Restart("restart", unit));
        }
      }
    }
    return Optional.of(new Restart("restart", server));
  }
}
