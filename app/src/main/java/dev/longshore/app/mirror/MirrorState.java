package dev.longshore.app.mirror;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is set for a runtime.
 *
 * @param at when it was set; empty if nothing is
 * @param by which Longshore set it
 */
public record MirrorState(
    String at, String by, List<String> registries, List<File> files, List<Host> hosts) {
  /**
   * A changed file.
   *
   * @param change what is the matter with it; empty if it is as Longshore wrote it
   * @param kept whether there was one before, which is kept
   */
  public record File(String path, Optional<String> change, boolean kept) {}

  /**
   * A host that is asked.
   *
   * @param answers whether it serves this machine
   * @param said what came back
   */
  public record Host(String url, boolean answers, String said) {}

  public boolean isSet() {
    return !files.isEmpty();
  }

  /** Whether the runtime asks a resolver that answers, as it was told. */
  public boolean isWhole() {
    return files.stream().allMatch(file -> file.change().isEmpty())
        && hosts.stream().anyMatch(Host::answers);
  }

  static MirrorState of(MachineRoot root, KeptFolder kept, ResolverProbe answer)
      throws IOException, MirrorException, InterruptedException {
    MirrorRecord record = kept.record();
    List<File> files = new ArrayList<>();
    for (MirrorRecord.Entry entry : record.files()) {
      files.add(new File(entry.path(), change(root, entry), entry.before() != null));
    }
    List<Host> hosts = new ArrayList<>();
    for (String host : record.hosts()) {
      hosts.add(answer.of(host, record));
    }
    return new MirrorState(record.at(), record.by(), record.registries(), files, hosts);
  }

  private static Optional<String> change(MachineRoot root, MirrorRecord.Entry entry)
      throws IOException {
    Optional<String> now = StoredFile.of(root.at(entry.path())).map(StoredFile::hash);
    if (now.isEmpty()) {
      return Optional.of("is gone");
    }
    if (now.get().equals(entry.written().getLast())) {
      return Optional.empty();
    }
    if (entry.written().contains(now.get())
        || (entry.before() != null && entry.before().sha256().equals(now.get()))) {
      return Optional.of("is not as it is to be; a run was interrupted: apply or remove again");
    }
    return Optional.of("was changed by someone since");
  }
}
