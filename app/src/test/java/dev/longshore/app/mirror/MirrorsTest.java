package dev.longshore.app.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is never lost of a machine whose runtime is pointed at a resolver. */
class MirrorsTest {
  private static final String CONFIG =
      """
      version = 3
      [plugins.'io.containerd.cri.v1.images'.registry]
        config_path = '/etc/containerd/certs.d:/etc/docker/certs.d'
      """;
  private static final String HUB = "/etc/containerd/certs.d/docker.io/hosts.toml";
  private static final String OTHER = "/etc/containerd/certs.d/registry.example.com/hosts.toml";
  private static final String THEIRS =
      """
      # ours
      server = "https://registry.example.com"
      ca = "ca.pem"

      [host."https://cache.example.com"]
        capabilities = ["pull"]
      """;

  @TempDir Path folder;
  private Machine machine;

  @BeforeEach
  void setUp() throws Exception {
    machine = new Machine(folder);
    machine.write(ContainerdConfig.FILE, CONFIG);
    machine.write("/etc/longshore/longshore.yaml", "home: /var/lib/longshore\n");
  }

  @ParameterizedTest
  @EnumSource(ContainerRuntime.class)
  void isTakenBackToTheByteWhateverWasThere(ContainerRuntime runtime) throws Exception {
    machine.write(OTHER, THEIRS, "rw-r-----");
    machine.write(
        "/etc/rancher/k3s/registries.yaml", "mirrors:\n  docker.io: # hub\n", "rw-------");
    machine.write("/etc/docker/daemon.json", "{\"debug\":true}", "rw-rw-r--");
    Map<String, String> before = machine.all();
    MirrorSpec spec =
        runtime == ContainerRuntime.DOCKER
            ? Machine.spec("docker.io")
            : Machine.spec("docker.io", "registry.example.com");

    machine.apply(runtime, spec);
    assertThat(machine.all()).isNotEqualTo(before);
    machine.remove(runtime);

    assertThat(machine.all()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(ContainerRuntime.class)
  void changesNothingTheSecondTime(ContainerRuntime runtime) throws Exception {
    machine.apply(runtime, Machine.spec("docker.io"));
    Map<String, String> first = machine.all();

    Mirrors.Done again = machine.mirrors(runtime).apply(Machine.spec("docker.io"), false, false);

    assertThat(again.changes()).isEmpty();
    assertThat(again.command()).isEmpty();
    assertThat(machine.all()).isEqualTo(first);
  }

  @Test
  void anotherWishStartsFromWhatWasThereBefore() throws Exception {
    machine.write(OTHER, THEIRS);
    Map<String, String> before = machine.all();
    machine.apply(ContainerRuntime.CONTAINERD, Machine.spec("docker.io", "registry.example.com"));

    machine.apply(ContainerRuntime.CONTAINERD, Machine.spec("ghcr.io"));

    assertThat(machine.at(HUB).getParent()).doesNotExist();
    assertThat(machine.text(OTHER)).isEqualTo(THEIRS);
    assertThat(machine.at("/etc/containerd/certs.d/ghcr.io/hosts.toml")).exists();
    machine.remove(ContainerRuntime.CONTAINERD);
    assertThat(machine.all()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLaterChangeOfSomeoneIsLeftAloneAndSoIsAllElse(boolean apply) throws Exception {
    machine.apply(ContainerRuntime.CONTAINERD, Machine.spec("docker.io", "registry.example.com"));
    Files.writeString(
        machine.at(HUB),
        machine.text(HUB).replace("1000ms", "9s") + "Authorization = \"s3cret\"\n");
    Map<String, String> before = machine.all();
    Mirrors mirrors = machine.mirrors(ContainerRuntime.CONTAINERD);

    assertThatThrownBy(
            () -> {
              if (apply) {
                mirrors.apply(Machine.spec("ghcr.io"), false, false);
              } else {
                mirrors.remove(false, false);
              }
            })
        .isInstanceOf(MirrorException.class)
        .hasMessageContaining(machine.at(HUB) + " was changed by someone")
        .hasMessageContaining("-   dial_timeout = \"1000ms\"")
        .hasMessageContaining("+   dial_timeout = \"9s\"")
        .hasMessageContaining("nothing was changed: move that file aside")
        .hasMessageNotContaining("s3cret");
    assertThat(machine.all()).isEqualTo(before);
  }

  @Test
  void onceThatIsMovedAsideItIsTakenBack() throws Exception {
    machine.write(HUB, THEIRS);
    machine.apply(ContainerRuntime.CONTAINERD, Machine.spec("docker.io"));
    Files.writeString(machine.at(HUB), "server = \"https://mine.example.com\"\n");
    Files.move(machine.at(HUB), folder.resolve("aside"));

    machine.remove(ContainerRuntime.CONTAINERD);

    assertThat(machine.text(HUB)).isEqualTo(THEIRS);
    assertThat(machine.at(KeptFolder.ALL)).doesNotExist();
  }

  /** Thrown where a process would be killed: nothing catches it. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** Two files go or come, and the process ends before one of them. */
  private static MachineFiles.Moves killedAt(int step) {
    int[] left = {step};
    return (file, there) -> {
      if (left[0]-- == 0) {
        throw new Killed();
      }
      MachineFiles.Moves.onDisk().move(file, there);
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void anApplyThatWasKilledIsFinishedOrTakenBackByTheNextRun(int step) throws Exception {
    machine.write(OTHER, THEIRS);
    Map<String, String> before = machine.all();
    MirrorSpec spec = Machine.spec("docker.io", "registry.example.com");
    machine.apply(ContainerRuntime.CONTAINERD, spec);
    Map<String, String> whole = machine.all();
    machine.remove(ContainerRuntime.CONTAINERD);

    Mirrors killed = machine.mirrors(ContainerRuntime.CONTAINERD, killedAt(step));
    assertThatThrownBy(() -> killed.apply(spec, false, false)).isInstanceOf(Killed.class);
    assertThat(machine.mirrors(ContainerRuntime.CONTAINERD).show().isWhole()).isFalse();
    machine.apply(ContainerRuntime.CONTAINERD, spec);
    assertThat(machine.all()).isEqualTo(whole);
    machine.remove(ContainerRuntime.CONTAINERD);

    assertThatThrownBy(
            () ->
                machine
                    .mirrors(ContainerRuntime.CONTAINERD, killedAt(step))
                    .apply(spec, false, false))
        .isInstanceOf(Killed.class);
    machine.remove(ContainerRuntime.CONTAINERD);
    assertThat(machine.all()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aRemoveThatWasKilledIsFinishedByTheNext(int step) throws Exception {
    machine.write(OTHER, THEIRS);
    Map<String, String> before = machine.all();
    machine.apply(ContainerRuntime.CONTAINERD, Machine.spec("docker.io", "registry.example.com"));

    Mirrors killed = machine.mirrors(ContainerRuntime.CONTAINERD, killedAt(step));
    assertThatThrownBy(() -> killed.remove(false, false)).isInstanceOf(Killed.class);
    machine.remove(ContainerRuntime.CONTAINERD);

    assertThat(machine.all()).isEqualTo(before);
  }

  @Test
  void whatCannotBeWrittenChangesNothing() throws Exception {
    // A folder where the file is to be staged: as little writable as a read-only file system.
    machine.write(OTHER, THEIRS);
    Files.createDirectories(DurableFile.next(machine.at(OTHER)).resolve("full"));
    Map<String, String> before = machine.all();

    assertThatThrownBy(
            () ->
                machine.apply(
                    ContainerRuntime.CONTAINERD, Machine.spec("docker.io", "registry.example.com")))
        .isInstanceOf(MirrorException.class)
        .hasMessageContaining("hosts.toml.longshore-next")
        .hasMessageEndingWith("nothing was changed");

    assertThat(machine.all()).isEqualTo(before);
  }

  @Test
  void aDryRunShowsAllAndWritesNothing() throws Exception {
    Files.writeString(folder.resolve("login"), "edge:s3cret\n");
    Map<String, String> before = machine.all();
    MirrorSpec spec =
        new MirrorSpec(
            Machine.RESOLVER,
            List.of(),
            List.of(MirroredRegistry.parse("docker.io")),
            Optional.empty(),
            Optional.of(ResolverLogin.of(folder.resolve("login"))),
            java.time.Duration.ofSeconds(1));

    Mirrors.Done done = machine.mirrors(ContainerRuntime.CONTAINERD).apply(spec, true, false);

    assertThat(done.changes()).singleElement().extracting(Mirrors.ChangedFile::path).isEqualTo(HUB);
    assertThat(done.changes().getFirst().lines())
        .contains("+ server = \"https://registry-1.docker.io\"", "+     Authorization = ***");
    assertThat(machine.all()).isEqualTo(before);

    machine.mirrors(ContainerRuntime.CONTAINERD).apply(spec, false, false);
    assertThat(machine.permissions(HUB)).isEqualTo("rw-------");
    assertThat(machine.text(HUB)).contains("Authorization = [\"Basic ZWRnZTpzM2NyZXQ=\"]");
    try (var kept = Files.walk(machine.at(KeptFolder.ALL))) {
      assertThat(kept.filter(Files::isRegularFile).map(MirrorsTest::permissions))
          .containsOnly("rw-------");
    }
  }

  private static String permissions(Path file) {
    try {
      return java.nio.file.attribute.PosixFilePermissions.toString(
          Files.getPosixFilePermissions(file));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void linksStayLinksAndAbsoluteOnesAreTheMachines() throws Exception {
    Files.createDirectories(machine.at("/data/containerd/certs.d/docker.io"));
    Files.createSymbolicLink(
        machine.at("/etc/containerd/certs.d"), Path.of("/data/containerd/certs.d"));
    machine.write("/data/hub.toml", THEIRS);
    Files.createSymbolicLink(
        machine.at("/data/containerd/certs.d/docker.io/hosts.toml"), Path.of("../../../hub.toml"));
    Map<String, String> before = machine.all();

    machine.apply(ContainerRuntime.CONTAINERD, Machine.spec("docker.io"));

    assertThat(machine.text("/data/hub.toml")).contains(Machine.RESOLVER.toString());
    assertThat(machine.at("/data/containerd/certs.d/docker.io/hosts.toml")).isSymbolicLink();
    machine.remove(ContainerRuntime.CONTAINERD);
    assertThat(machine.all()).isEqualTo(before);
  }

  @Test
  void aDamagedRecordIsSaidAndNotGuessedAround() throws Exception {
    machine.apply(ContainerRuntime.CONTAINERD, Machine.spec("docker.io"));
    machine.write(KeptFolder.ALL + "/containerd/record.json", "{\"files\":[");
    Map<String, String> before = machine.all();

    assertThatThrownBy(() -> machine.remove(ContainerRuntime.CONTAINERD))
        .isInstanceOf(MirrorException.class)
        .hasMessageContaining("record.json is damaged");
    assertThat(machine.all()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(value = ContainerRuntime.class, names = "DOCKER", mode = EnumSource.Mode.EXCLUDE)
  void whatIsLeftWithoutItsRecordIsNotCalledNothing(ContainerRuntime runtime) throws Exception {
    machine.apply(runtime, Machine.spec("docker.io"));
    try (var kept = Files.walk(machine.at(KeptFolder.ALL))) {
      for (Path file : kept.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    Map<String, String> before = machine.all();

    assertThatThrownBy(() -> machine.remove(runtime))
        .isInstanceOf(MirrorException.class)
        .hasMessageContaining("what was there before is not known")
        .hasMessageContaining("by hand");
    assertThat(machine.all()).isEqualTo(before);
  }

  @Test
  void showSaysWhatSomeoneChangedAndThatNobodyAnswers() throws Exception {
    assertThat(machine.mirrors(ContainerRuntime.CONTAINERD).show().isSet()).isFalse();
    machine.write(OTHER, THEIRS);
    machine.apply(
        ContainerRuntime.CONTAINERD,
        new MirrorSpec(
            java.net.URI.create("http://127.0.0.1:1"),
            List.of(),
            List.of(
                MirroredRegistry.parse("docker.io"),
                MirroredRegistry.parse("registry.example.com")),
            Optional.empty(),
            Optional.empty(),
            java.time.Duration.ofSeconds(1)));
    Files.writeString(machine.at(OTHER), THEIRS + "# later\n");

    MirrorState state = machine.mirrors(ContainerRuntime.CONTAINERD).show();

    assertThat(state.isWhole()).isFalse();
    assertThat(state.at()).isEqualTo("2026-12-01T00:00:00Z");
    assertThat(state.files())
        .containsExactly(
            new MirrorState.File(HUB, Optional.empty(), false),
            new MirrorState.File(OTHER, Optional.of("was changed by someone since"), true));
    assertThat(state.hosts()).singleElement().matches(host -> !host.answers());
    assertThat(state.hosts().getFirst().said()).startsWith("no answer");
  }
}
