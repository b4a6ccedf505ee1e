package dev.longshore.oci;

import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The config of an image, as far as a conversion of layers changes it. Unknown fields keep their
 * exact values.
 */
public final class ImageConfig {
  private static final String ROOTFS = "rootfs";
  private static final String TYPE = "type";
  private static final String DIFF_IDS = "diff_ids";
  private static final String CONFIG = "config";
  private static final String LABELS = "Labels";

  /** Sections that may hold an obsolete id from Docker's first schema. */
  private static final Set<String> RUN = Set.of(CONFIG, "container_config");

  private static final String IMAGE = "Image";

  private ImageConfig() {}

  /** Digests of the layers' tars, lowest first. */
  public static List<Digest> diffIds(byte[] config) {
    return rootfs(JsonFields.parse(config, Set.of(ROOTFS))).texts(DIFF_IDS).stream()
        .map(Digest::parse)
        .toList();
  }

  /**
   * The image's labels; empty if this is not the config of an image.
   *
   * @throws OciFormatException if it is not a JSON object, or labels are not texts
   */
  public static Map<String, String> labels(byte[] config) {
    return JsonFields.parse(config, Set.of(CONFIG))
        .object(CONFIG, Set.of(LABELS))
        .map(run -> run.textMap(LABELS))
        .orElse(Map.of());
  }

  /**
   * The config with other tars, as containerd's converter writes it: fields sorted, values
   * unchanged.
   *
   * @param changed one for each layer; an empty one keeps the old digest
   * @throws OciFormatException if it is not a config, or has another number of layers
   */
  public static byte[] withDiffIds(byte[] config, List<Optional<Digest>> changed) {
    JsonFields fields = JsonFields.parse(config, Set.of(ROOTFS));
    JsonFields rootfs = rootfs(fields);
    List<String> before = rootfs.texts(DIFF_IDS);
    if (before.size() != changed.size()) {
      throw OciFormatException.of(
          rootfs.at(DIFF_IDS), before.size() + " of them", changed.size() + ", as many as layers");
    }
    var after = new ArrayList<String>(before.size());
    for (int i = 0; i < before.size(); i++) {
      after.add(changed.get(i).map(Digest::toString).orElse(before.get(i)));
    }
    Map<String, String> members = RawJson.members(GoText.decode(config));
    members.put(ROOTFS, rootfs(rootfs.text(TYPE), after));
    RUN.forEach(name -> members.computeIfPresent(name, (_, json) -> withoutImage(json)));
    return RawJson.object(members).getBytes(StandardCharsets.UTF_8);
  }

  private static JsonFields rootfs(JsonFields fields) {
    return fields
        .object(ROOTFS, Set.of(TYPE, DIFF_IDS))
        .orElseThrow(() -> OciFormatException.of(ROOTFS, "nothing", "a JSON object"));
  }

  private static String rootfs(String type, List<String> diffIds) {
    GoJson json = new GoJson().open('{').name(TYPE).string(type).name(DIFF_IDS).open('[');
    diffIds.forEach(json::string);
    return new String(json.close(']').close('}').bytes(), StandardCharsets.UTF_8);
  }

  private static String withoutImage(String json) {
    if (!json.startsWith("{")) {
      return json;
    }
    Map<String, String> members = RawJson.members(json);
    members.remove(IMAGE);
    return RawJson.object(members);
  }
}
