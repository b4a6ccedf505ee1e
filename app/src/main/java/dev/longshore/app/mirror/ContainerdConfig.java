package dev.longshore.app.mirror;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What containerd's own configuration says of registries. */
final class ContainerdConfig {
  static final String FILE = "/etc/containerd/config.toml";
  static final String CERTS = "/etc/containerd/certs.d";

  private static final List<String> TWO = List.of("plugins", "io.containerd.grpc.v1.cri");
  private static final List<String> THREE = List.of("plugins", "io.containerd.cri.v1.images");
  private static final List<String> ONE = List.of("plugins", "cri");
  private static final Pattern EMPTY =
      Pattern.compile("(?m)^([ \\t]*config_path[ \\t]*=[ \\t]*)(?:\"\"|'')");

  private final MachineRoot root;
  private final String path;

  ContainerdConfig(MachineRoot root, String path) {
    this.root = root;
    this.path = path;
  }

  String path() {
    return path;
  }

  /** One file of it. */
  private record Part(String path, JsonNode toml) {
    private Optional<JsonNode> registry() {
      return Stream.of(THREE, TWO, ONE)
          .map(this::plugin)
          .map(plugin -> plugin.path("registry"))
          .filter(JsonNode::isObject)
          .findFirst();
    }

    private JsonNode plugin(List<String> names) {
      JsonNode at = toml;
      for (String name : names) {
        at = at.path(name);
      }
      return at;
    }
  }

  /** The folders in which containerd looks, as far as a file says so. */
  List<String> folders() throws IOException, MirrorException {
    String found = "";
    for (Part part : parts()) {
      String here =
          part.registry().map(registry -> registry.path("config_path").asText("")).orElse("");
      found = here.isEmpty() ? found : here;
    }
    return Stream.of(found.split(":")).filter(folder -> folder.startsWith("/")).toList();
  }

  /** A file with the older settings of mirrors, beside which containerd takes no folder. */
  Optional<String> fileOfMirrors() throws IOException, MirrorException {
    for (Part part : parts()) {
      JsonNode registry = part.registry().orElse(null);
      if (registry != null
          && (registry.path("mirrors").size() > 0 || registry.path("configs").size() > 0)) {
        return Optional.of(part.path());
      }
    }
    return Optional.empty();
  }

  private List<Part> parts() throws IOException, MirrorException {
    List<Part> parts = new ArrayList<>();
    Optional<StoredFile> main = StoredFile.of(root.at(path));
    if (main.isEmpty()) {
      return parts;
    }
    parts.add(new Part(path, Toml.read(main.get().text(), path)));
    for (JsonNode each : parts.getFirst().toml().path("imports")) {
      for (String file : imported(each.asText())) {
        StoredFile content = StoredFile.of(root.at(file)).orElse(null);
        if (content != null) {
          parts.add(new Part(file, Toml.read(content.text(), file)));
        }
      }
    }
    return parts;
  }

  private List<String> imported(String pattern) throws IOException {
    Path absolute = Path.of(path).resolveSibling(pattern).normalize();
    Path folder = root.at(DurableFile.folder(absolute).toString());
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + absolute.getFileName());
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(Path::getFileName)
          .filter(matcher::matches)
          .map(name -> absolute.resolveSibling(name).toString())
          .sorted()
          .toList();
    }
  }

  /** What is to stand in it. */
  String lines(Optional<StoredFile> current) throws MirrorException {
    return "[%s]\n  config_path = \"%s\"\n".formatted(table(version(current)), CERTS);
  }

  private int version(Optional<StoredFile> current) throws MirrorException {
    return current.isEmpty() ? 2 : Toml.read(current.get().text(), path).path("version").asInt(1);
  }

  private static String table(int version) {
    List<String> names = names(version);
    return names.getFirst()
        + "."
        + (version == 1 ? names.getLast() : Toml.quoted(names.getLast()))
        + ".registry";
  }

  private static List<String> names(int version) {
    return version <= 1 ? ONE : version == 2 ? TWO : THREE;
  }

  /** The file with it, all else as it was. */
  String with(Optional<StoredFile> current) throws MirrorException {
    if (current.isEmpty()) {
      return "version = 2\n\n" + lines(current);
    }
    String text = current.get().text();
    int version = version(current);
    Matcher header = header(version).matcher(text);
    String added;
    if (header.find()) {
      int at = header.end();
      Matcher empty = EMPTY.matcher(text).region(at, text.length());
      boolean own =
          empty.find() && !text.substring(at, empty.start()).matches("(?s).*\\n\\s*\\[.*");
      added =
          own
              ? text.substring(0, empty.end(1)) + "\"" + CERTS + "\"" + text.substring(empty.end())
              : text.substring(0, at) + "\n  config_path = \"" + CERTS + "\"" + text.substring(at);
    } else {
      added = text + (text.endsWith("\n") || text.isEmpty() ? "\n" : "\n\n") + lines(current);
    }
    requireOnlyThat(text, added, version);
    return added;
  }

  private static Pattern header(int version) {
    String name = Pattern.quote(names(version).getLast());
    return Pattern.compile(
        "(?m)^[ \\t]*\\[[ \\t]*plugins[ \\t]*\\.[ \\t]*[\"']?"
            + name
            + "[\"']?[ \\t]*\\.[ \\t]*registry[ \\t]*\\][ \\t]*(?:#.*)?$");
  }

  private void requireOnlyThat(String before, String after, int version) throws MirrorException {
    try {
      ObjectNode expected = (ObjectNode) Toml.read(before, path);
      ObjectNode registry = expected;
      for (String name : names(version)) {
        registry = registry.withObject(name);
      }
      registry.withObject("registry").put("config_path", CERTS);
      if (Toml.read(after, path).equals(expected)) {
        return;
      }
    } catch (MirrorException | UnsupportedOperationException e) {
      throw byHand(version, e);
    }
    throw byHand(version, null);
  }

  private MirrorException byHand(int version, @Nullable Exception e) {
    return new MirrorException(
        "%s is written in a way that cannot be added to; nothing was changed: put config_path = \"%s\" into [%s] by hand"
            .formatted(path, CERTS, table(version)),
        e);
  }
}
