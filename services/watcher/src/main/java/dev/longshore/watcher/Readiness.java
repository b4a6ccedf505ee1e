package dev.longshore.watcher;

import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;

/** Whether the result of a look can be mirrored now. */
@FunctionalInterface
interface Readiness {
  /** Registries accept no image before its parts. */
  Readiness ALWAYS = (_, _) -> Verdict.READY;

  /** The possible answers. */
  enum Verdict {
    /** Everything requested is there. */
    READY,
    /** It is the same image, but more of it is there than was mirrored. */
    GROWN,
    /** No platform is whole yet; the watcher looks again when more arrives. */
    WAITS
  }

  Verdict of(HintTarget look, Descriptor found) throws RegistryException;
}
