package dev.longshore.app.mirror;

import dev.longshore.app.mirror.MirrorRecord.Before;
import dev.longshore.app.mirror.MirrorRecord.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * The files of a runtime that are changed together. First all of it is checked and written beside
 * the files; then the record says what is coming; then each file changes in one step. So whatever
 * fails before the last part changes nothing, and what ends within it is put right by the next run.
 */
final class MachineFiles {
  private static final int SHOWN_LINES = 8;

  private final MachineRoot root;
  private final KeptFolder kept;
  private final MirrorRecord record;
  private final Moves moves;

  /** The step that a file changes in. */
  interface Moves {
    /**
     * Called for each file, when its next content is staged or it is to go.
     *
     * @param there whether there is a next content
     */
    void move(Path file, boolean there) throws IOException;

    /** On this disk. */
    static Moves onDisk() {
      return (file, there) -> {
        if (there) {
          DurableFile.move(file);
        } else {
          DurableFile.delete(file);
        }
      };
    }
  }

  MachineFiles(MachineRoot root, KeptFolder kept, MirrorRecord record, Moves moves) {
    this.root = root;
    this.kept = kept;
    this.record = record;
    this.moves = moves;
  }

  /**
   * A file that changes, or is as it should be already.
   *
   * @param path on the machine
   * @param file where that is
   * @param before what Longshore found
   * @param then what there is to be
   */
  record Change(
      String path,
      Path file,
      Optional<StoredFile> before,
      Optional<StoredFile> now,
      Optional<StoredFile> then) {
    boolean isNeeded() {
      if (now.isEmpty() || then.isEmpty()) {
        return now.isPresent() || then.isPresent();
      }
      return !now.get().hash().equals(then.get().hash())
          || (then.get().isOwnersAlone() && !now.get().isOwnersAlone());
    }

    /** Whether Longshore has anything to do with it any more. */
    boolean isOurs() {
      return !hash(before).equals(hash(then));
    }

    private static Optional<String> hash(Optional<StoredFile> content) {
      return content.map(StoredFile::hash);
    }

    /** As the record has it. */
    Entry entry(List<String> written) {
      return new Entry(path, before.map(Before::of).orElse(null), written);
    }

    List<String> shown() {
      return LineDiff.of(now, then);
    }
  }

  /** What was there before Longshore: what is there now, unless something is recorded. */
  Optional<StoredFile> before(String path) throws IOException, MirrorException {
    Entry entry = record.entry(path).orElse(null);
    if (entry == null) {
      return StoredFile.of(root.at(path));
    }
    Before before = entry.before();
    return before == null ? Optional.empty() : Optional.of(kept.kept(before));
  }

  /**
   * What is to change so that these files are so, and all others as before.
   *
   * @throws MirrorException when somebody changed one of them since
   */
  List<Change> changes(SequencedMap<String, StoredFile> wanted)
      throws IOException, MirrorException {
    Set<String> paths = new LinkedHashSet<>(wanted.keySet());
    record.files().forEach(entry -> paths.add(entry.path()));
    List<Change> changes = new ArrayList<>();
    List<String> changed = new ArrayList<>();
    for (String path : paths) {
      Path file = root.at(path);
      Optional<StoredFile> now = StoredFile.of(file);
      Optional<StoredFile> before = before(path);
      Entry entry = record.entry(path).orElse(null);
      if (entry != null && !entry.knows(now)) {
        changed.add(changed(entry, file, now));
      }
      Optional<StoredFile> then = Optional.ofNullable(wanted.get(path)).or(() -> before);
      changes.add(new Change(path, file, before, now, then));
    }
    if (!changed.isEmpty()) {
      throw new MirrorException(
          String.join("\n", changed) + "\nnothing was changed: " + advice(changed.size()));
    }
    return changes;
  }

  private static String advice(int files) {
    return "move %s aside, run 'longshore mirror remove', make your change again, and apply"
            .formatted(files == 1 ? "that file" : "these files")
        + " the mirror anew";
  }

  private String changed(Entry entry, Path file, Optional<StoredFile> now) throws IOException {
    Optional<StoredFile> written =
        kept.bytes(entry.written().getLast()).map(bytes -> new StoredFile(bytes, 0, 0, 0));
    List<String> lines = LineDiff.of(written, now);
    List<String> shown = new ArrayList<>(lines.subList(0, Math.min(lines.size(), SHOWN_LINES)));
    if (lines.size() > shown.size()) {
      shown.add("... and %d lines more".formatted(lines.size() - shown.size()));
    }
    shown.replaceAll(line -> "    " + line);
    return "%s was changed by someone since Longshore wrote it:\n%s"
        .formatted(file, String.join("\n", shown));
  }

  /**
   * Carries them out.
   *
   * @param description what the record says beside the files
   */
  void carryOut(List<Change> changes, MirrorRecord description)
      throws IOException, MirrorException {
    List<Change> needed = changes.stream().filter(Change::isNeeded).toList();
    List<String> folders = missingFolders(needed);
    keepContents(changes);
    kept.keep(coming(changes, description, folders));
    try {
      for (Change change : needed) {
        if (change.then().isPresent()) {
          DurableFile.makeFolders(DurableFile.folder(change.file()));
          DurableFile.stage(change.file(), change.then().get());
        }
      }
      requireUnchanged(needed);
    } catch (IOException e) {
      undo(needed, folders);
      throw new MirrorException(FileError.with(e) + "; nothing was changed", e);
    } catch (MirrorException e) {
      undo(needed, folders);
      throw e;
    }
    try {
      for (Change change : needed) {
        moves.move(change.file(), change.then().isPresent());
      }
      finish(changes, description, folders);
    } catch (IOException e) {
      throw new MirrorException(
          FileError.with(e) + "; run this again when that is mended: it goes on from there", e);
    }
  }

  private List<String> missingFolders(List<Change> needed) {
    Set<String> missing = new LinkedHashSet<>();
    for (Change change : needed) {
      List<String> above = new ArrayList<>();
      Path each = change.file().getParent();
      while (each != null && !Files.exists(each)) {
        above.addFirst(root.path(each));
        each = each.getParent();
      }
      if (change.then().isPresent()) {
        missing.addAll(above);
      }
    }
    return List.copyOf(missing);
  }

  private void keepContents(List<Change> changes) throws IOException {
    for (Change change : changes) {
      if (change.before().isPresent()) {
        kept.keep(change.before().get());
      }
      if (change.then().isPresent()) {
        kept.keep(change.then().get());
      }
    }
  }

  /** While it is under way a file may have any of these contents. */
  private MirrorRecord coming(
      List<Change> changes, MirrorRecord description, List<String> newFolders) {
    List<Entry> entries = new ArrayList<>();
    for (Change change : changes) {
      Set<String> written = new LinkedHashSet<>();
      record.entry(change.path()).ifPresent(entry -> written.addAll(entry.written()));
      change
          .then()
          .ifPresent(
              then -> {
                written.remove(then.hash());
                written.add(then.hash());
              });
      if (!written.isEmpty()) {
        entries.add(change.entry(List.copyOf(written)));
      }
    }
    return with(description, entries, newFolders);
  }

  private MirrorRecord with(
      MirrorRecord description, List<Entry> entries, List<String> newFolders) {
    Set<String> folders = new LinkedHashSet<>(record.folders());
    folders.addAll(newFolders);
    return new MirrorRecord(
        description.at(),
        description.by(),
        description.registries(),
        description.hosts(),
        description.ca(),
        description.authorization(),
        entries,
        List.copyOf(folders));
  }

  /** Between the first look and now somebody may have written. */
  private static void requireUnchanged(List<Change> needed) throws IOException, MirrorException {
    for (Change change : needed) {
      Optional<String> now = StoredFile.of(change.file()).map(StoredFile::hash);
      if (!now.equals(change.now().map(StoredFile::hash))) {
        throw new MirrorException(
            "%s is being changed by someone; nothing was changed: run this again"
                .formatted(change.file()));
      }
    }
  }

  private void undo(List<Change> needed, List<String> newFolders) throws IOException {
    for (Change change : needed) {
      DurableFile.discard(change.file());
    }
    deleteEmpty(newFolders);
    if (record.isEmpty()) {
      kept.delete();
    } else {
      kept.keep(record);
      kept.tidy(record);
    }
  }

  private void finish(List<Change> changes, MirrorRecord description, List<String> newFolders)
      throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (Change change : changes) {
      StoredFile then = change.then().orElse(null);
      if (then != null && change.isOurs()) {
        entries.add(change.entry(List.of(then.hash())));
      }
      // Of a run that was killed.
      DurableFile.discard(change.file());
    }
    MirrorRecord done = with(description, entries, newFolders);
    List<String> left = deleteEmpty(done.folders());
    if (entries.isEmpty()) {
      kept.delete();
      return;
    }
    MirrorRecord last =
        new MirrorRecord(
            done.at(),
            done.by(),
            done.registries(),
            done.hosts(),
            done.ca(),
            done.authorization(),
            entries,
            left);
    kept.keep(last);
    kept.tidy(last);
  }

  /** The innermost first; returns those that are there still. */
  private List<String> deleteEmpty(List<String> folders) throws IOException {
    Map<String, Path> ordered = new LinkedHashMap<>();
    for (String folder : folders.reversed()) {
      ordered.put(folder, root.at(folder));
    }
    List<String> left = new ArrayList<>();
    for (Map.Entry<String, Path> each : ordered.entrySet()) {
      if (isEmpty(each.getValue())) {
        Files.deleteIfExists(each.getValue());
      } else {
        left.addFirst(each.getKey());
      }
    }
    return left;
  }

  private static boolean isEmpty(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return true;
    }
    try (var files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }
}
