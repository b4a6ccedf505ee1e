package dev.longshore.runtime.edge.access;

import java.util.List;

/** Headers, or gRPC metadata, of a call. */
@FunctionalInterface
public interface CallHeaders {
  /** All values of a header, one per header line; its name may be in any case. */
  List<String> all(String name);
}
