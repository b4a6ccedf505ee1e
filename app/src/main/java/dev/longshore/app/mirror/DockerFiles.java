package dev.longshore.app.mirror;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Docker's {@code daemon.json}, by which it mirrors Docker Hub alone; or, if it keeps images in
 * containerd's store, {@code hosts.toml} files of its own, for any registry.
 */
record DockerFiles(MachineRoot root, String configFile) implements RuntimeFiles {
  private static final String CERTS = "/etc/docker/certs.d";
  private static final Restart RELOAD = new Restart("reload", "docker");

  @Override
  public Wanted wanted(MirrorSpec spec, Before before) throws IOException, MirrorException {
    Optional<StoredFile> original = before.of(configFile);
    DaemonJson daemon = DaemonJson.of(original, configFile);
    SequencedMap<String, StoredFile> files = new LinkedHashMap<>();
    List<String> notes = new ArrayList<>();
    if (daemon.usesContainerdsStore()) {
      notes.add(
          "Docker keeps images in containerd's store, as %s says: it reads %s at each pull, and"
                  .formatted(configFile, CERTS)
              + " needs no reload");
      HostsFolder folder = new HostsFolder(root, List.of(CERTS), ContainerRuntime.DOCKER);
      for (String path : folder.put(spec, before, files)) {
        notes.add(path + " names these hosts already, and stays as it is");
      }
      return new Wanted(files, notes, List.of());
    }
    requireHub(spec);
    StoredFile file = original.orElse(StoredFile.of("", StoredFile.FOR_ALL));
    files.put(configFile, file.with(daemon.with(spec.hosts()), false));
    if (spec.ca().isPresent()) {
      StoredFile ca =
          StoredFile.of(root.at(spec.ca().get()))
              .orElseThrow(() -> new MirrorException(spec.ca().get() + ": there is none"));
      for (URI host : spec.hosts()) {
        if (host.getScheme().equals("https")) {
          files.put(
              "%s/%s/longshore.crt".formatted(CERTS, host.getRawAuthority()),
              StoredFile.of(new String(ca.bytes(), StandardCharsets.UTF_8), StoredFile.FOR_ALL));
        }
      }
    }
    notes.add(
        "Docker does not say which registry it means: the resolver needs default-registry:"
            + " docker.io");
    return new Wanted(files, notes, List.of());
  }

  private void requireHub(MirrorSpec spec) throws MirrorException {
    if (!spec.registries().stream().allMatch(one -> one.name().equals(MirroredRegistry.HUB))) {
      throw new MirrorException(
          ("Docker mirrors docker.io alone, unless it keeps images in containerd's store"
                  + " (features.containerd-snapshotter in %s); nothing was changed: leave out the"
                  + " other registries")
              .formatted(configFile));
    }
    if (spec.login().isPresent()) {
      throw new MirrorException(
          "Docker shows a mirror no credential; nothing was changed: leave out --credential-file,"
              + " and let the resolver listen on loopback");
    }
  }

  @Override
  public List<String> likely() throws IOException {
    return new HostsFolder(root, List.of(CERTS), ContainerRuntime.DOCKER).files();
  }

  @Override
  public Optional<Restart> restart() throws IOException, MirrorException {
    boolean byHosts =
        DaemonJson.of(StoredFile.of(root.at(configFile)), configFile).usesContainerdsStore();
    return byHosts ? Optional.empty() : Optional.of(RELOAD);
  }
}
