package dev.longshore.converter.ingest;

import dev.longshore.converter.source.Reason;
import dev.longshore.estargz.SpoolException;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.nio.file.Path;

/** The spool's disk, with its failures in the step's terms. */
final class SpoolDisk {
  private SpoolDisk() {}

  /** {@code spool /var/lib/longshore/converter}. */
  static String endpoint(Path folder) {
    return "spool " + folder;
  }

  /**
   * The step failure for a failed call to the disk.
   *
   * @throws TransientFailure when there may be room later
   */
  static PermanentFailure failed(SpoolException e) throws TransientFailure {
    if (e.isForEver()) {
      return Reason.SPOOL_TOO_SMALL.failure(e);
    }
    throw new TransientFailure(endpoint(e.folder()), Reason.text(e), null, e);
  }
}
