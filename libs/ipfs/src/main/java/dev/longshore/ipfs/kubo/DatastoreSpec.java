package dev.longshore.ipfs.kubo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Blocks in flatfs, everything else in leveldb: what {@code ipfs init} of 0.43.1 chooses. */
final class DatastoreSpec {
  static final String SHARDING = "/repo/flatfs/shard/v1/next-to-last/2";

  private DatastoreSpec() {}

  /** The specification in Kubo's settings. */
  static ObjectNode configured() {
    ObjectNode spec = JsonNodeFactory.instance.objectNode();
    ArrayNode mounts = spec.putArray("mounts");
    mounts
        .addObject()
        .put("mountpoint", "/blocks")
        .put("path", "blocks")
        .put("prefix", "flatfs.datastore")
        .put("shardFunc", SHARDING)
        .put("sync", false)
        .put("type", "flatfs");
    mounts
        .addObject()
        .put("compression", "none")
        .put("mountpoint", "/")
        .put("path", "datastore")
        .put("prefix", "leveldb.datastore")
        .put("type", "levelds");
    return spec.put("type", "mount");
  }

  /** The part that is stored on disk; Kubo compares it byte by byte at every start. */
  static String onDisk() {
    return "{\"mounts\":[{\"mountpoint\":\"/blocks\",\"path\":\"blocks\",\"shardFunc\":\""
        + SHARDING
        + "\",\"type\":\"flatfs\"},{\"mountpoint\":\"/\",\"path\":\"datastore\","
        + "\"type\":\"levelds\"}],\"type\":\"mount\"}";
  }
}
