package dev.longshore.resolver.registry;

import dev.longshore.resolver.content.LocatedContent;
import java.util.LinkedHashMap;
import java.util.Map;

/** Headers of a response with content. */
final class ContentHeaders {
  private ContentHeaders() {}

  static Map<String, String> of(LocatedContent content, String type) {
    Map<String, String> headers = new LinkedHashMap<>(identity(content));
    headers.put("Content-Type", type);
    headers.put("Accept-Ranges", "bytes");
    return headers;
  }

  /** The client has it already. */
  static RegistryResponse notModified(LocatedContent content) {
    return RegistryResponse.of(304, identity(content), new Body.Bytes(new byte[0]));
  }

  private static Map<String, String> identity(LocatedContent content) {
    return Map.of(
        "Docker-Content-Digest",
        content.digest().toString(),
        "ETag",
        Conditions.entityTag(content.digest()));
  }
}
