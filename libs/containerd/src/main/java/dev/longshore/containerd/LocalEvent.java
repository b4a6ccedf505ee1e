package dev.longshore.containerd;

import dev.longshore.model.Digest;

/** A change in a containerd; the receiver looks up its result. */
public sealed interface LocalEvent {
  /** The namespace where it happened. */
  String namespace();

  /** An image was created, changed or deleted. */
  record ImageChanged(String namespace, String name) implements LocalEvent {}

  /** A content is complete. */
  record ContentArrived(String namespace, Digest digest) implements LocalEvent {}
}
