package dev.longshore.oci.testing;

import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** What one repository in memory holds. */
final class StoredRepository {
  final Map<Digest, Descriptor> manifests = new ConcurrentHashMap<>();
  final Map<Digest, byte[]> contents = new ConcurrentHashMap<>();
  final NavigableMap<String, Digest> tags = new ConcurrentSkipListMap<>();
}
