package dev.longshore.app.mirror;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@code hosts.toml}, in which containerd finds where to pull a registry's images from. Its paths
 * stay as they are: to hosts other than the registry's own, containerd says {@code ?ns=REGISTRY}.
 */
final class HostsFile {
  static final String NAME = "hosts.toml";

  private static final Pattern TABLE =
      Pattern.compile("(?m)^[ \\t]*\\[[^\\]\\n,]+\\]{1,2}[ \\t]*(?:#.*)?$");

  private final MirrorSpec spec;
  private final ContainerRuntime runtime;

  HostsFile(MirrorSpec spec, ContainerRuntime runtime) {
    this.spec = spec;
    this.runtime = runtime;
  }

  /**
   * A new one.
   *
   * @param certificates what a folder without this file means for the registry itself
   */
  String whole(MirroredRegistry registry, Certificates certificates) {
    String server =
        registry
            .upstream()
            .map(upstream -> "server = " + Toml.quoted(upstream.toString()) + "\n")
            .orElse("");
    return "# Written by Longshore: 'longshore mirror remove --runtime %s' takes it back.\n"
            .formatted(runtime)
        + server
        + certificates.toml()
        + "\n"
        + hosts();
  }

  /**
   * The certificates that containerd finds beside the file, and no more once there is one.
   *
   * @param authorities names of files
   * @param pairs names of a certificate's and of its key's file
   */
  record Certificates(List<String> authorities, List<List<String>> pairs) {
    static final Certificates NONE = new Certificates(List.of(), List.of());

    private String toml() {
      return (authorities.isEmpty() ? "" : "ca = " + list(authorities) + "\n")
          + (pairs.isEmpty()
              ? ""
              : "client = ["
                  + String.join(", ", pairs.stream().map(Certificates::list).toList())
                  + "]\n");
    }

    private static String list(List<String> texts) {
      return "[" + String.join(", ", texts.stream().map(Toml::quoted).toList()) + "]";
    }
  }

  private String hosts() {
    List<String> hosts = new ArrayList<>();
    for (URI host : spec.hosts()) {
      String table = "host." + Toml.quoted(host.toString());
      hosts.add(
          "[%s]\n  capabilities = [\"pull\", \"resolve\"]\n  dial_timeout = \"%dms\"\n"
                  .formatted(table, spec.dialTimeout().toMillis())
              + (host.getScheme().equals("https")
                  ? spec.ca().map(ca -> "  ca = " + Toml.quoted(ca) + "\n").orElse("")
                  : "")
              + spec.login()
                  .map(
                      login ->
                          "  [%s.header]\n    Authorization = [%s]\n"
                              .formatted(table, Toml.quoted(login.header())))
                  .orElse(""));
    }
    return String.join("\n", hosts);
  }

  /**
   * The same before the hosts of somebody's file, which all stay; empty if they are there already.
   *
   * @param file for errors
   */
  Optional<String> before(String theirs, String file) throws MirrorException {
    JsonNode root = Toml.read(theirs, file);
    List<String> already =
        spec.hosts().stream().map(URI::toString).filter(root.path("host")::has).toList();
    if (already.size() == spec.hosts().size()) {
      return Optional.empty();
    }
    if (!already.isEmpty()) {
      throw new MirrorException(
          "%s names %s already; nothing was changed: take that out, or name the same hosts"
              .formatted(file, String.join(" and ", already)));
    }
    String merged = merged(theirs);
    if (!keepsAll(root, Toml.read(merged, file + " with Longshore's hosts"))) {
      throw new MirrorException(
          ("%s is written in a way in which no host can be put before the others; nothing was"
                  + " changed: put [host.%s] first, by hand")
              .formatted(file, Toml.quoted(spec.resolver().toString())));
    }
    return Optional.of(merged);
  }

  private String merged(String theirs) {
    Matcher table = TABLE.matcher(theirs);
    int at = table.find() ? table.start() : theirs.length();
    String above = theirs.substring(0, at);
    String gap = above.isEmpty() || above.endsWith("\n") ? "" : "\n";
    String below = theirs.substring(at);
    return "# Longshore's hosts come first: 'longshore mirror remove --runtime %s' takes them out.\n"
            .formatted(runtime)
        + above
        + gap
        + hosts()
        + (below.isEmpty() ? "" : "\n")
        + below;
  }

  /** Whether the new file says what the old one said, and ours first. */
  private boolean keepsAll(JsonNode old, JsonNode merged) {
    if (!(merged instanceof ObjectNode all) || !(all.get("host") instanceof ObjectNode hosts)) {
      return false;
    }
    List<String> names = new ArrayList<>();
    hosts.fieldNames().forEachRemaining(names::add);
    List<String> ours = spec.hosts().stream().map(URI::toString).toList();
    boolean first = names.size() >= ours.size() && names.subList(0, ours.size()).equals(ours);
    hosts.remove(ours);
    if (hosts.isEmpty() && !old.has("host")) {
      all.remove("host");
    }
    return first && all.equals(old);
  }
}
