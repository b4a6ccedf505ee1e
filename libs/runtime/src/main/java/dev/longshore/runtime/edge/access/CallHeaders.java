package dev.longshore.runtime.edge.access;

import java.util.List;

/** Headers of a call, or metadata. */
@FunctionalInterface
public interface CallHeaders {
  /** All values of a header, one for each line that it came in; its name may be in any case. */
  List<String> all(String name);
}
