package dev.longshore.app.mirror;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** Docker's {@code daemon.json}. */
final class DaemonJson {
  static final String FILE = "/etc/docker/daemon.json";

  private static final String MIRRORS = "registry-mirrors";
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private final ObjectNode settings;
  private final String path;

  private DaemonJson(ObjectNode settings, String path) {
    this.settings = settings;
    this.path = path;
  }

  static DaemonJson of(Optional<StoredFile> current, String path) throws MirrorException {
    if (current.isEmpty() || current.get().text().isBlank()) {
      return new DaemonJson(MAPPER.createObjectNode(), path);
    }
    try {
      if (MAPPER.readTree(current.get().bytes()) instanceof ObjectNode object) {
        return new DaemonJson(object, path);
      }
      throw new MirrorException(
          path + " is no JSON object; nothing was changed: mend it, or move it aside");
    } catch (JsonProcessingException e) {
      throw new MirrorException(
          "%s is not JSON, line %d; nothing was changed: mend it, or move it aside"
              .formatted(path, e.getLocation() == null ? 1 : e.getLocation().getLineNr()));
    } catch (java.io.IOException e) {
      throw new MirrorException("%s cannot be read: %s".formatted(path, FileError.of(e)), e);
    }
  }

  /** Whether it says that Docker keeps images in containerd's store. */
  boolean usesContainerdsStore() {
    return settings.path("features").path("containerd-snapshotter").asBoolean(false);
  }

  /** With these mirrors before those that are there. */
  String with(List<URI> mirrors) throws MirrorException {
    JsonNode theirs = settings.path(MIRRORS);
    if (!theirs.isMissingNode() && !theirs.isArray()) {
      throw new MirrorException(
          "%s: %s is no list; nothing was changed: mend it".formatted(path, MIRRORS));
    }
    ObjectNode all = settings.deepCopy();
    ArrayNode list = all.putArray(MIRRORS);
    mirrors.forEach(mirror -> list.add(mirror.toString()));
    theirs.forEach(
        each -> {
          if (!mirrors.contains(URI.create(each.asText().replaceAll("/$", "")))) {
            list.add(each);
          }
        });
    return all.toPrettyString() + "\n";
  }
}
