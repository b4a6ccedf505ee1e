package dev.longshore.app.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A machine's files below a folder. */
record Machine(Path folder) {
  static final URI RESOLVER = URI.create("http://127.0.0.1:5050");
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-12-01T00:00:00Z"), ZoneOffset.UTC);

  static MirrorSpec spec(String... registries) {
    return spec(Optional.empty(), Optional.empty(), registries);
  }

  static MirrorSpec spec(Optional<String> ca, Optional<ResolverLogin> login, String... registries) {
    return new MirrorSpec(
        RESOLVER,
        List.of(URI.create("https://10.0.0.8:5050")),
        Stream.of(registries).map(MirroredRegistry::parse).toList(),
        ca,
        login,
        Duration.ofSeconds(1));
  }

  Mirrors mirrors(ContainerRuntime runtime) {
    return mirrors(runtime, MachineFiles.Moves.onDisk());
  }

  Mirrors mirrors(ContainerRuntime runtime, MachineFiles.Moves moves) {
    return new Mirrors(new MachineRoot(folder), runtime, Optional.empty(), false, CLOCK, moves);
  }

  Mirrors settingPath() {
    return new Mirrors(folder, ContainerRuntime.CONTAINERD, Optional.empty(), true, CLOCK);
  }

  Path at(String path) {
    return folder.resolve(path.substring(1));
  }

  String text(String path) throws IOException {
    return Files.readString(at(path));
  }

  void write(String path, String text) throws IOException {
    Files.createDirectories(at(path).getParent());
    Files.writeString(at(path), text);
  }

  void write(String path, String text, String permissions) throws IOException {
    write(path, text);
    Files.setPosixFilePermissions(at(path), PosixFilePermissions.fromString(permissions));
  }

  String permissions(String path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(at(path)));
  }

  /** Everything in it: folders, links, and files with mode, owner and bytes. */
  Map<String, String> all() throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        String name = folder.relativize(file).toString();
        Map<String, Object> attributes =
            Files.readAttributes(file, "unix:mode,uid,gid", LinkOption.NOFOLLOW_LINKS);
        String about = new TreeMap<>(attributes).toString();
        if (Files.isSymbolicLink(file)) {
          all.put(name, "-> " + Files.readSymbolicLink(file));
        } else if (Files.isRegularFile(file)) {
          all.put(name, about + " " + Files.readString(file));
        } else {
          all.put(name, about);
        }
      }
    }
    return all;
  }

  /** Applies it, which has to change something. */
  Mirrors.Done apply(ContainerRuntime runtime, MirrorSpec spec) throws Exception {
    Mirrors.Done done = mirrors(runtime).apply(spec, false, false);
    assertThat(done.changes()).isNotEmpty();
    return done;
  }

  void remove(ContainerRuntime runtime) throws Exception {
    mirrors(runtime).remove(false, false);
  }
}
