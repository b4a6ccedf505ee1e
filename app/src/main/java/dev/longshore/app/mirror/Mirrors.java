package dev.longshore.app.mirror;

import dev.longshore.app.Version;
import dev.longshore.app.mirror.MachineFiles.Change;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** Points one runtime of a machine at a resolver, takes that back, and says what is set. */
public final class Mirrors {
  /** In what Longshore wrote, for whoever reads it. */
  private static final String COMMAND = "'longshore mirror remove --runtime ";

  private final MachineRoot root;
  private final ContainerRuntime runtime;
  private final RuntimeFiles files;
  private final Clock clock;
  private final MachineFiles.Moves moves;

  /**
   * One runtime.
   *
   * @param root of its machine: {@code /}, or a folder below which one is
   * @param config its settings, if not where they usually are
   * @param setPath whether to tell containerd where to look, if nothing does
   */
  public Mirrors(
      Path root, ContainerRuntime runtime, Optional<String> config, boolean setPath, Clock clock) {
    this(new MachineRoot(root), runtime, config, setPath, clock, MachineFiles.Moves.onDisk());
  }

  Mirrors(
      MachineRoot root,
      ContainerRuntime runtime,
      Optional<String> config,
      boolean setPath,
      Clock clock,
      MachineFiles.Moves moves) {
    this.root = root;
    this.runtime = runtime;
    this.clock = clock;
    this.moves = moves;
    this.files =
        switch (runtime) {
          case CONTAINERD ->
              new ContainerdFiles(root, config.orElse(ContainerdConfig.FILE), setPath);
          case DOCKER -> new DockerFiles(root, config.orElse(DaemonJson.FILE));
          case K3S, RKE2 ->
              new RancherFiles(root, runtime, config.orElse(RancherFiles.usualFile(runtime)));
        };
  }

  /**
   * What was done, or would be.
   *
   * @param changes each changed file, with the lines that come and go
   * @param notes what a person should know besides
   * @param incomplete what is missing before the runtime asks the resolver
   * @param command what has to run before the change counts, if anything
   */
  public record Done(
      List<ChangedFile> changes,
      List<String> notes,
      List<String> incomplete,
      Optional<String> command) {}

  /** A file with the lines that come and go; secrets are left out. */
  public record ChangedFile(String path, List<String> lines) {}

  /** Sets it; nothing changes if it is set already. */
  public Done apply(MirrorSpec spec, boolean dryRun, boolean restart)
      throws MirrorException, InterruptedException {
    requireCa(spec);
    return change(dryRun, restart, Optional.of(spec));
  }

  /** Takes all of it back. */
  public Done remove(boolean dryRun, boolean restart) throws MirrorException, InterruptedException {
    return change(dryRun, restart, Optional.empty());
  }

  private void requireCa(MirrorSpec spec) throws MirrorException {
    if (spec.ca().isEmpty()) {
      return;
    }
    String ca = spec.ca().get();
    try {
      if (!ca.startsWith("/")
          || StoredFile.of(root.at(ca))
              .filter(file -> file.text().contains("-----BEGIN CERTIFICATE-----"))
              .isEmpty()) {
        throw new MirrorException(
            "--ca %s: expected the absolute path of a PEM file with a certificate".formatted(ca));
      }
    } catch (IOException e) {
      throw new MirrorException("--ca %s cannot be read: %s".formatted(ca, FileError.of(e)), e);
    }
  }

  private Done change(boolean dryRun, boolean restart, Optional<MirrorSpec> spec)
      throws MirrorException, InterruptedException {
    KeptFolder kept = new KeptFolder(root, runtime);
    Done done;
    Optional<Restart> needed;
    try {
      if (spec.isEmpty() && kept.record().isEmpty()) {
        requireNoRemains(kept);
      }
      if (dryRun || (spec.isEmpty() && kept.record().isEmpty())) {
        Planned planned = planned(kept, spec);
        return told(planned, planned.restart());
      }
      Planned planned;
      try (KeptFolder.Lock _ = kept.lock()) {
        planned = planned(kept, spec);
        if (planned.changes().stream().anyMatch(Change::isNeeded) || !planned.isRecorded()) {
          planned.machine().carryOut(planned.changes(), planned.description());
        }
      }
      needed = planned.restart();
      done = told(planned, needed);
    } catch (IOException e) {
      throw failed(e);
    }
    if (restart && needed.isPresent()) {
      needed.get().run();
      return new Done(done.changes(), done.notes(), done.incomplete(), Optional.empty());
    }
    return done;
  }

  /** Somebody may have lost what was kept, or brought back a file alone. */
  private void requireNoRemains(KeptFolder kept) throws IOException, MirrorException {
    for (String path : files.likely()) {
      StoredFile content = StoredFile.of(root.at(path)).orElse(null);
      if (content != null && content.text().contains(COMMAND)) {
        throw new MirrorException(
            ("%s has hosts of Longshore, but what was there before is not known, as %s is gone;"
                    + " nothing was changed: take them out by hand")
                .formatted(path, kept.path()));
      }
    }
  }

  /** What is to be done. */
  private record Planned(
      MachineFiles machine,
      List<Change> changes,
      MirrorRecord earlier,
      MirrorRecord description,
      List<String> notes,
      List<String> incomplete,
      Optional<Restart> restart) {
    /** Whether the record says the same already, as after a run that was not killed. */
    private boolean isRecorded() {
      List<MirrorRecord.Entry> entries = new ArrayList<>();
      for (Change change : changes) {
        if (change.isOurs()) {
          change.then().ifPresent(then -> entries.add(change.entry(List.of(then.hash()))));
        }
      }
      return earlier.files().equals(entries)
          && earlier.hosts().equals(description.hosts())
          && earlier.registries().equals(description.registries());
    }
  }

  private Planned planned(KeptFolder kept, Optional<MirrorSpec> spec)
      throws IOException, MirrorException {
    MirrorRecord earlier = kept.record();
    MachineFiles machine = new MachineFiles(root, kept, earlier, moves);
    if (spec.isEmpty()) {
      List<Change> changes = machine.changes(new LinkedHashMap<>());
      return new Planned(
          machine, changes, earlier, earlier, List.of(), List.of(), restartAfter(changes));
    }
    RuntimeFiles.Wanted wanted = files.wanted(spec.get(), machine::before);
    List<Change> changes = machine.changes(wanted.files());
    return new Planned(
        machine,
        changes,
        earlier,
        description(spec.get()),
        wanted.notes(),
        wanted.incomplete(),
        restartAfter(changes));
  }

  /** containerd reads hosts at each pull: only its own settings need a restart. */
  private Optional<Restart> restartAfter(List<Change> changes) throws IOException, MirrorException {
    boolean onlyHosts =
        changes.stream()
            .filter(Change::isNeeded)
            .allMatch(change -> change.path().endsWith("/" + HostsFile.NAME));
    return onlyHosts ? Optional.empty() : files.restart();
  }

  private MirrorRecord description(MirrorSpec spec) {
    return new MirrorRecord(
        clock.instant().truncatedTo(ChronoUnit.SECONDS).toString(),
        "longshore " + Version.NUMBER,
        spec.registries().stream().map(MirroredRegistry::name).toList(),
        spec.hosts().stream().map(Object::toString).toList(),
        spec.ca().orElse(null),
        spec.login().map(ResolverLogin::header).orElse(null),
        List.of(),
        List.of());
  }

  private static Done told(Planned planned, Optional<Restart> restart) {
    return new Done(
        planned.changes().stream()
            .filter(Change::isNeeded)
            .map(change -> new ChangedFile(change.path(), change.shown()))
            .toList(),
        planned.notes(),
        planned.incomplete(),
        restart.map(Restart::toString));
  }

  private static MirrorException failed(IOException e) {
    return new MirrorException(FileError.with(e) + "; nothing was changed", e);
  }

  /** What is set. */
  public MirrorState show() throws MirrorException, InterruptedException {
    try {
      return MirrorState.of(root, new KeptFolder(root, runtime), new ResolverProbe(root));
    } catch (IOException e) {
      throw failed(e);
    }
  }
}
