package dev.longshore.watcher;

import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;

/** Whether what a look found can be mirrored as it is now. */
@FunctionalInterface
interface Readiness {
  /** Registries take no image before its parts. */
  Readiness ALWAYS = (_, _) -> Verdict.READY;

  /** What is to become of it. */
  enum Verdict {
    /** All that was asked for is there. */
    READY,
    /** More of it is there than was mirrored, though it is the same image. */
    GROWN,
    /** Not even one platform is whole; it is looked at again when more has arrived. */
    WAITS
  }

  Verdict of(HintTarget look, Descriptor found) throws RegistryException;
}
