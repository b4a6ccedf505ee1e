package dev.longshore.watcher;

import dev.longshore.model.RepositoryName;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.util.Optional;

/**
 * One purpose for which a source is asked. What is no fresh push has a pause of its own: where it
 * asks too much, it alone rests.
 *
 * @param images reads the source, within the budget of this purpose
 * @param endpoint name under which work for this purpose pauses
 * @param program name under which all work pauses when the source is away; the same if nothing else
 *     than this purpose could be at fault
 */
record SourceUse(ImageSource images, String endpoint, String program) {
  /** Before a request, and after a wait. */
  void requireOpen(Progress progress) throws TransientFailure {
    // Its own first: what waits there cannot be the one that tries the source for all.
    progress.require(endpoint);
    progress.require(program);
  }

  /** What work waits for after a passing failure that is not of one repository alone. */
  String away(RegistryException e) {
    return e.wantsFewerRequests() ? endpoint : program;
  }

  /** What work waits for after a passing failure of a call to this repository. */
  String away(RepositoryName name, RegistryException e) throws InterruptedException {
    return images.isOverAll(name.host(), Optional.of(name), e) ? away(e) : ImageSource.alone(name);
  }

  /** Whose answer a message tells of: the source's, if it tries that for all. */
  String tried(Progress progress) {
    return progress.tries(program) ? program : endpoint;
  }
}
