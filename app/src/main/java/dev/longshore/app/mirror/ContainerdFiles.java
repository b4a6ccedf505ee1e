package dev.longshore.app.mirror;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * containerd's {@code hosts.toml} files, which it reads at each pull.
 *
 * @param setPath whether to write {@code config_path} where it is missing
 */
record ContainerdFiles(MachineRoot root, String configFile, boolean setPath)
    implements RuntimeFiles {

  private static final Restart RESTART = new Restart("restart", "containerd");

  @Override
  public Wanted wanted(MirrorSpec spec, Before before) throws IOException, MirrorException {
    ContainerdConfig config = new ContainerdConfig(root, configFile);
    SequencedMap<String, StoredFile> files = new LinkedHashMap<>();
    List<String> notes = new ArrayList<>();
    List<String> incomplete = new ArrayList<>();
    Optional<StoredFile> original = before.of(configFile);
    // What is there now may be what Longshore wrote.
    boolean ours = !original.map(StoredFile::hash).equals(hashNow());
    List<String> folders = ours ? List.of() : config.folders();
    if (folders.isEmpty()) {
      folders = List.of(ContainerdConfig.CERTS);
      Optional<String> mirrors = config.fileOfMirrors();
      if (mirrors.isPresent()) {
        throw new MirrorException(
            ("%s has registry.mirrors or registry.configs, beside which containerd reads no"
                    + " folder of hosts; nothing was changed: move them to hosts.toml files first")
                .formatted(mirrors.get()));
      }
      if (setPath || ours) {
        StoredFile file = original.orElse(StoredFile.of("", StoredFile.FOR_ALL));
        files.put(configFile, file.with(config.with(original), false));
      } else {
        incomplete.add(
            ("%s does not say config_path, and without it some versions of containerd read no"
                    + " folder for Kubernetes: add this and restart containerd, or run this again"
                    + " with --set-config-path\n%s")
                .formatted(configFile, config.lines(original).stripTrailing().indent(4)));
      }
    }
    for (String path :
        new HostsFolder(root, folders, ContainerRuntime.CONTAINERD).put(spec, before, files)) {
      notes.add(path + " names these hosts already, and stays as it is");
    }
    if (folders.size() > 1 && spec.registries().stream().anyMatch(MirroredRegistry::isDefault)) {
      notes.add(
          "with _default in %s containerd looks for no registry in %s any more"
              .formatted(
                  folders.getFirst(), String.join(", ", folders.subList(1, folders.size()))));
    }
    notes.add(
        "ctr reads the folder only with --hosts-dir %s; nerdctl and Kubernetes as they are"
            .formatted(folders.getFirst()));
    return new Wanted(files, notes, incomplete);
  }

  private Optional<String> hashNow() throws IOException {
    return StoredFile.of(root.at(configFile)).map(StoredFile::hash);
  }

  @Override
  public List<String> likely() throws IOException, MirrorException {
    List<String> folders = new ContainerdConfig(root, configFile).folders();
    return new HostsFolder(
            root,
            folders.isEmpty() ? List.of(ContainerdConfig.CERTS) : folders,
            ContainerRuntime.CONTAINERD)
        .files();
  }

  @Override
  public Optional<Restart> restart() {
    return Optional.of(RESTART);
  }
}
