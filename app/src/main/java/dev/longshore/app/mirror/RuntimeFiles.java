package dev.longshore.app.mirror;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/** Which files a runtime reads, and what they are to say. */
interface RuntimeFiles {
  /**
   * What is wanted.
   *
   * @param files contents by path on the machine
   * @param notes what a person should know or do besides
   * @param incomplete what is missing before the runtime asks the resolver
   */
  record Wanted(
      SequencedMap<String, StoredFile> files, List<String> notes, List<String> incomplete) {}

  Wanted wanted(MirrorSpec spec, Before before) throws IOException, MirrorException;

  /** What has to read its settings again after a change of more than hosts. */
  Optional<Restart> restart() throws IOException, MirrorException;

  /** The files in which there may be something of Longshore. */
  List<String> likely() throws IOException, MirrorException;

  /** What was in a file before Longshore. */
  @FunctionalInterface
  interface Before {
    Optional<StoredFile> of(String path) throws IOException, MirrorException;
  }
}
