package dev.longshore.containerd.testing;

import dev.longshore.model.Digest;
import dev.longshore.testing.RandomImage;
import java.util.Set;

/** What the users of a containerd do to it. */
public interface LocalStore {
  /** Loads a saved image under this name. */
  void load(String namespace, String name, RandomImage image) throws Exception;

  /** Gives an image one more name; moves the name if there is one. */
  void tag(String namespace, String from, String to) throws Exception;

  /** Deletes an image and waits for the collector. */
  void delete(String namespace, String name) throws Exception;

  /** Stores one content. */
  void ingest(String namespace, byte[] content) throws Exception;

  /** Forgets one content, as when a collector was told that it was unpacked. */
  void forget(String namespace, Digest content) throws Exception;

  /** Ends it without a word to anybody; what is stored stays. */
  void kill() throws Exception;

  /** Starts it again on what it had. */
  void start() throws Exception;

  /** Leases that there are. */
  Set<String> leases(String namespace) throws Exception;
}
