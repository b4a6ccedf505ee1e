package dev.longshore.app.mirror;

import java.io.StringReader;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * {@code registries.yaml} of k3s and RKE2, which generate containerd's files from it. An existing
 * file is edited as text, which keeps its comments and order, then parsed again to check that it
 * says what it said and what we added.
 */
final class RegistriesYaml {
  private static final String MIRRORS = "mirrors";
  private static final String CONFIGS = "configs";
  private static final String ENDPOINT = "endpoint";

  private final MirrorSpec spec;
  private final String file;
  private final String marker;

  RegistriesYaml(MirrorSpec spec, ContainerRuntime runtime, String file) {
    this.spec = spec;
    this.file = file;
    this.marker =
        "# Written by Longshore: 'longshore mirror remove --runtime %s' takes it back.\n"
            .formatted(runtime);
  }

  /** Text put in at a place. */
  private record Insertion(int at, String text) {}

  /** The whole file. */
  String merged(Optional<StoredFile> current) throws MirrorException {
    if (current.isEmpty()) {
      return marker + added("", null);
    }
    String text = current.get().text();
    Object before = load(text);
    Object expected = expected(before);
    String merged = added(text, before);
    if (!says(merged, expected)) {
      throw byHand();
    }
    return merged;
  }

  private boolean says(String text, Object expected) {
    try {
      return load(text).equals(expected);
    } catch (MirrorException e) {
      return false;
    }
  }

  private MirrorException byHand() {
    String lines = String.join("\n", LineDiff.of(List.of(), added("", null).lines().toList()));
    return new MirrorException(
        ("%s is written in a way that cannot be added to; nothing was changed: add this by hand,"
                + " or mend it\n%s")
            .formatted(file, lines));
  }

  private Object load(String text) throws MirrorException {
    try {
      Object read = new Yaml(new SafeConstructor(strict())).load(text);
      if (read == null || read instanceof Map) {
        return read == null ? Map.of() : read;
      }
    } catch (MarkedYAMLException e) {
      throw new MirrorException(
          "%s is not YAML%s; nothing was changed: mend it, or move it aside"
              .formatted(
                  file,
                  e.getProblemMark() == null
                      ? ""
                      : ", line " + (e.getProblemMark().getLine() + 1)));
    } catch (YAMLException e) {
      throw new MirrorException(
          file + " is not YAML; nothing was changed: mend it, or move it aside");
    }
    throw new MirrorException(
        file + " is no YAML mapping; nothing was changed: mend it, or move it aside");
  }

  /** As k3s reads it. */
  private static LoaderOptions strict() {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    return options;
  }

  private static String key(MirroredRegistry registry) {
    return registry.isDefault() ? "*" : registry.name();
  }

  private List<String> endpoints() {
    return spec.hosts().stream().map(URI::toString).toList();
  }

  /** What k3s and RKE2 are to know of a host; empty if nothing. */
  private Map<String, Object> config(URI host) {
    Map<String, Object> config = new LinkedHashMap<>();
    spec.login()
        .ifPresent(
            login -> {
              Map<String, Object> auth = new LinkedHashMap<>();
              auth.put("username", login.user().orElseThrow());
              auth.put("password", login.secret());
              config.put("auth", auth);
            });
    if (host.getScheme().equals("https")) {
      spec.ca().ifPresent(ca -> config.put("tls", Map.of("ca_file", ca)));
    }
    return config;
  }

  /** What the merged file is to say. */
  private Object expected(Object before) throws MirrorException {
    Map<String, Object> all = copy(before, "");
    Map<String, Object> mirrors = copy(all.get(MIRRORS), MIRRORS);
    for (MirroredRegistry registry : spec.registries()) {
      Map<String, Object> mirror = copy(mirrors.get(key(registry)), key(registry));
      List<Object> endpoints = new ArrayList<>(endpoints());
      if (mirror.get(ENDPOINT) instanceof List<?> theirs) {
        if (theirs.containsAll(endpoints)) {
          continue;
        }
        endpoints.addAll(theirs);
      }
      mirror.put(ENDPOINT, endpoints);
      mirrors.put(key(registry), mirror);
    }
    all.put(MIRRORS, mirrors);
    Map<String, Object> configs = copy(all.get(CONFIGS), CONFIGS);
    for (URI host : spec.hosts()) {
      Map<String, Object> config = config(host);
      if (!config.isEmpty()) {
        if (configs.containsKey(host.getRawAuthority())) {
          throw new MirrorException(
              "%s has settings of %s already; nothing was changed: take them out, or leave out --ca and --credential-file"
                  .formatted(file, host.getRawAuthority()));
        }
        configs.put(host.getRawAuthority(), config);
      }
    }
    if (!configs.isEmpty()) {
      all.put(CONFIGS, configs);
    }
    return all;
  }

  private Map<String, Object> copy(@Nullable Object value, String key) throws MirrorException {
    Map<String, Object> copy = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((name, content) -> copy.put(String.valueOf(name), content));
    } else if (value != null) {
      throw new MirrorException(
          "%s: %s is no mapping; nothing was changed: mend it".formatted(file, key));
    }
    return copy;
  }

  private String added(String text, @Nullable Object before) {
    Node root = before == null ? null : new Yaml().compose(new StringReader(text));
    List<Insertion> insertions = new ArrayList<>();
    Map<String, Object> newMirrors = new LinkedHashMap<>();
    NodeTuple mirrors = entry(root, MIRRORS);
    for (MirroredRegistry registry : spec.registries()) {
      NodeTuple mirror = entry(value(mirrors), key(registry));
      NodeTuple endpoint = entry(value(mirror), ENDPOINT);
      if (value(endpoint) instanceof SequenceNode list && !list.getValue().isEmpty()) {
        if (!texts(list).containsAll(endpoints())) {
          insertions.add(intoList(list));
        }
      } else if (mirror != null) {
        into(mirror, Map.of(ENDPOINT, endpoints()), text).ifPresent(insertions::add);
      } else {
        newMirrors.put(key(registry), Map.of(ENDPOINT, endpoints()));
      }
    }
    Map<String, Object> newConfigs = new LinkedHashMap<>();
    spec.hosts().stream()
        .filter(host -> !config(host).isEmpty())
        .forEach(host -> newConfigs.put(host.getRawAuthority(), config(host)));
    Map<String, Object> newSections = new LinkedHashMap<>();
    put(MIRRORS, mirrors, newMirrors, text, insertions, newSections);
    put(CONFIGS, entry(root, CONFIGS), newConfigs, text, insertions, newSections);
    if (root instanceof MappingNode all && all.getFlowStyle() == FlowStyle.FLOW) {
      insertions.add(intoFlow(all, newSections));
      return with(text, insertions, "");
    }
    return with(text, insertions, block(newSections, 0));
  }

  private static void put(
      String name,
      @Nullable NodeTuple present,
      Map<String, Object> entries,
      String text,
      List<Insertion> insertions,
      Map<String, Object> newSections) {
    if (entries.isEmpty()) {
      return;
    }
    if (present != null) {
      into(present, entries, text).ifPresent(insertions::add);
    } else {
      newSections.put(name, entries);
    }
  }

  private static String with(String text, List<Insertion> insertions, String end) {
    StringBuilder all = new StringBuilder(text);
    insertions.sort(Comparator.comparingInt(Insertion::at).reversed());
    insertions.forEach(insertion -> all.insert(insertion.at(), insertion.text()));
    boolean gap = !end.isEmpty() && !all.isEmpty() && all.charAt(all.length() - 1) != '\n';
    return all.append(gap ? "\n" : "").append(end).toString();
  }

  private static @Nullable NodeTuple entry(@Nullable Node parent, String key) {
    if (!(parent instanceof MappingNode mapping)) {
      return null;
    }
    return mapping.getValue().stream()
        .filter(
            tuple -> tuple.getKeyNode() instanceof ScalarNode name && name.getValue().equals(key))
        .findFirst()
        .orElse(null);
  }

  private static @Nullable Node value(@Nullable NodeTuple tuple) {
    return tuple == null ? null : tuple.getValueNode();
  }

  private static List<String> texts(SequenceNode list) {
    return list.getValue().stream()
        .filter(ScalarNode.class::isInstance)
        .map(item -> ((ScalarNode) item).getValue())
        .toList();
  }

  /** Before the first. */
  private Insertion intoList(SequenceNode list) {
    List<String> quoted = endpoints().stream().map(Toml::quoted).toList();
    if (list.getFlowStyle() == FlowStyle.FLOW) {
      return new Insertion(start(list.getValue().getFirst()), String.join(", ", quoted) + ", ");
    }
    String next = "\n" + " ".repeat(list.getStartMark().getColumn());
    StringBuilder text = new StringBuilder();
    quoted.forEach(endpoint -> text.append("- ").append(endpoint).append(next));
    return new Insertion(start(list), text.toString());
  }

  /** Before what is there, if anything is; empty if there is something else than a mapping. */
  private static Optional<Insertion> into(
      NodeTuple tuple, Map<String, Object> entries, String text) {
    Node value = tuple.getValueNode();
    if (value instanceof MappingNode mapping) {
      return Optional.of(
          mapping.getFlowStyle() == FlowStyle.FLOW
              ? intoFlow(mapping, entries)
              : intoBlock(tuple, mapping, entries, text));
    }
    if (value.getTag().equals(Tag.NULL)) {
      int column = tuple.getKeyNode().getStartMark().getColumn();
      String block = "\n" + block(entries, column + 2);
      return Optional.of(new Insertion(start(value), block.stripTrailing()));
    }
    return Optional.empty();
  }

  /** Above the first entry and its comments: in the line after the key's. */
  private static Insertion intoBlock(
      NodeTuple tuple, MappingNode mapping, Map<String, Object> entries, String text) {
    int line = text.indexOf('\n', tuple.getKeyNode().getEndMark().getIndex());
    int column = mapping.getValue().getFirst().getKeyNode().getStartMark().getColumn();
    return new Insertion(line + 1, block(entries, column));
  }

  private static Insertion intoFlow(MappingNode mapping, Map<String, Object> entries) {
    List<String> flow = new ArrayList<>();
    entries.forEach((key, value) -> flow.add(flow(key, value)));
    return new Insertion(
        start(mapping) + 1, String.join(", ", flow) + (mapping.getValue().isEmpty() ? "" : ", "));
  }

  private static int start(Node node) {
    return node.getStartMark().getIndex();
  }

  private static String block(Map<String, ?> entries, int indent) {
    StringBuilder text = new StringBuilder();
    entries.forEach(
        (key, value) -> {
          text.append(" ".repeat(indent)).append(name(key)).append(":");
          switch (value) {
            case Map<?, ?> map -> {
              Map<String, Object> inner = new LinkedHashMap<>();
              map.forEach((name, content) -> inner.put(String.valueOf(name), content));
              text.append("\n").append(block(inner, indent + 2));
            }
            case List<?> list -> {
              text.append("\n");
              list.forEach(
                  item ->
                      text.append(" ".repeat(indent + 2))
                          .append("- ")
                          .append(Toml.quoted(String.valueOf(item)))
                          .append("\n"));
            }
            default -> text.append(" ").append(Toml.quoted(String.valueOf(value))).append("\n");
          }
        });
    return text.toString();
  }

  private static String flow(String key, Object value) {
    return Toml.quoted(key) + ": " + flowValue(value);
  }

  private static String flowValue(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        List<String> parts = new ArrayList<>();
        map.forEach((name, content) -> parts.add(flow(String.valueOf(name), content)));
        yield "{" + String.join(", ", parts) + "}";
      }
      case List<?> list ->
          "["
              + String.join(
                  ", ", list.stream().map(item -> Toml.quoted(String.valueOf(item))).toList())
              + "]";
      default -> Toml.quoted(String.valueOf(value));
    };
  }

  private static String name(String key) {
    return key.matches("[a-z_]+") ? key : Toml.quoted(key);
  }
}
