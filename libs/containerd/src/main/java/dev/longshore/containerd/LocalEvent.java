package dev.longshore.containerd;

import dev.longshore.model.Digest;

/** What happened in a containerd; what it led to is for the receiver to look up. */
public sealed interface LocalEvent {
  /** The namespace where it happened. */
  String namespace();

  /** An image was made, changed or deleted. */
  record ImageChanged(String namespace, String name) implements LocalEvent {}

  /** A content is whole. */
  record ContentArrived(String namespace, Digest digest) implements LocalEvent {}
}
