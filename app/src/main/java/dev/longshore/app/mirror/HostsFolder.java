package dev.longshore.app.mirror;

import dev.longshore.app.mirror.HostsFile.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/** Folders like {@code certs.d}, in which each registry has one. */
record HostsFolder(MachineRoot root, List<String> folders, ContainerRuntime runtime) {

  /**
   * Adds a {@code hosts.toml} for each registry; returns those whose file has the hosts already.
   */
  List<String> put(
      MirrorSpec spec, RuntimeFiles.Before before, SequencedMap<String, StoredFile> files)
      throws IOException, MirrorException {
    HostsFile hosts = new HostsFile(spec, runtime);
    List<String> already = new ArrayList<>();
    int mode = spec.login().isPresent() ? StoredFile.FOR_OWNER : StoredFile.FOR_ALL;
    for (MirroredRegistry registry : spec.registries()) {
      String folder = folder(registry);
      String path = folder + "/" + HostsFile.NAME;
      StoredFile theirs = before.of(path).orElse(null);
      if (theirs == null) {
        String text = hosts.whole(registry, certificates(folder));
        files.put(path, StoredFile.of(text, mode));
        continue;
      }
      Optional<String> merged = hosts.before(theirs.text(), path);
      if (merged.isPresent()) {
        files.put(path, theirs.with(merged.get(), spec.login().isPresent()));
      } else {
        already.add(path);
      }
    }
    return already;
  }

  /** All that are there. */
  List<String> files() throws IOException {
    List<String> found = new ArrayList<>();
    for (String folder : folders) {
      Path at = root.at(folder);
      if (Files.isDirectory(at)) {
        try (Stream<Path> registries = Files.list(at)) {
          registries
              .map(registry -> folder + "/" + registry.getFileName() + "/" + HostsFile.NAME)
              .sorted()
              .forEach(found::add);
        }
      }
    }
    return found;
  }

  /** The one that containerd takes: what is there, in its order. */
  private String folder(MirroredRegistry registry) throws IOException {
    String name = registry.name();
    int port = name.lastIndexOf(':');
    String spelled =
        port < 0 ? name : name.substring(0, port) + "_" + name.substring(port + 1) + "_";
    for (String folder : folders) {
      for (String each : List.of(spelled, name)) {
        if (root.has(folder + "/" + each)) {
          return folder + "/" + each;
        }
      }
    }
    return folders.getFirst() + "/" + name;
  }

  private Certificates certificates(String folder) throws IOException {
    Path at = root.at(folder);
    if (!Files.isDirectory(at)) {
      return Certificates.NONE;
    }
    List<String> names;
    try (Stream<Path> files = Files.list(at)) {
      names = files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
    List<List<String>> pairs =
        names.stream()
            .filter(name -> name.endsWith(".cert"))
            .map(name -> List.of(name, name.replaceAll("cert$", "key")))
            .filter(pair -> names.contains(pair.getLast()))
            .toList();
    return new Certificates(names.stream().filter(name -> name.endsWith(".crt")).toList(), pairs);
  }
}
