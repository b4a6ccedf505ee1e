import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Writes the bill of materials of the image to stdout (CycloneDX 1.6): the jars with the
 * coordinates and licences that their POMs in the local Maven repository have, the Java runtime,
 * and Debian's packages.
 *
 * <p>java Sbom.java VERSION JARS MAVEN_REPOSITORY JAVA_HOME STATUS_FOLDER
 */
final class Sbom {
  /** A POM takes its licences from a parent; Maven allows no cycle, and nobody has more levels. */
  private static final int PARENTS = 10;

  private Sbom() {}

  private record Component(
      String type,
      String group,
      String name,
      String version,
      String purl,
      String hash,
      List<String> licences) {
    String json() {
      Map<String, String> members = new LinkedHashMap<>();
      members.put("type", text(type));
      members.put("bom-ref", text(purl));
      if (!group.isEmpty()) {
        members.put("group", text(group));
      }
      members.put("name", text(name));
      members.put("version", text(version));
      if (!hash.isEmpty()) {
        members.put("hashes", "[{\"alg\": \"SHA-256\", \"content\": " + text(hash) + "}]");
      }
      if (!licences.isEmpty()) {
        List<String> all =
            licences.stream().map(l -> "{\"license\": {\"name\": " + text(l) + "}}").toList();
        members.put("licenses", "[" + String.join(", ", all) + "]");
      }
      members.put("purl", text(purl));
      List<String> lines =
          members.entrySet().stream().map(m -> text(m.getKey()) + ": " + m.getValue()).toList();
      return "    {" + String.join(", ", lines) + "}";
    }
  }

  public static void main(String[] arguments) throws Exception {
    String version = arguments[0];
    Map<String, Path> known = new HashMap<>();
    try (Stream<Path> files = Files.walk(Path.of(arguments[2]))) {
      files
          .filter(f -> f.toString().endsWith(".jar"))
          .forEach(f -> known.put(f.getFileName().toString(), f));
    }
    Map<String, Component> components = new TreeMap<>();
    try (Stream<Path> jars = Files.list(Path.of(arguments[1]))) {
      for (Path jar : jars.filter(f -> f.toString().endsWith(".jar")).toList()) {
        String name = jar.getFileName().toString();
        Component component =
            name.startsWith("longshore")
                ? ours(jar, version)
                : maven(jar, known.get(name), Path.of(arguments[2]));
        components.put(component.purl(), component);
      }
    }
    Component java = java(Path.of(arguments[3]));
    components.put(java.purl(), java);
    try (Stream<Path> packages = Files.list(Path.of(arguments[4]))) {
      for (Path status : packages.toList()) {
        Component component = debian(status);
        components.put(component.purl(), component);
      }
    }
    System.out.println(
        "{\n  \"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"version\": 1,");
    System.out.println(
        "  \"metadata\": {\"component\": {\"type\": \"container\", \"name\": \"longshore\","
            + " \"version\": "
            + text(version)
            + "}},");
    System.out.println("  \"components\": [");
    System.out.println(
        String.join(",\n", components.values().stream().map(Component::json).toList()));
    System.out.println("  ]\n}");
  }

  private static Component ours(Path jar, String version) throws Exception {
    String name = jar.getFileName().toString().replaceFirst("(-" + version + ")?\\.jar$", "");
    return new Component(
        "library",
        "dev.longshore",
        name,
        version,
        "pkg:maven/dev.longshore/" + name + "@" + version,
        sha256(jar),
        List.of("Apache-2.0"));
  }

  /** Its folder in the repository is group, artifact and version. */
  private static Component maven(Path jar, Path origin, Path repository) throws Exception {
    if (origin == null) {
      throw new IOException(jar + " is not in " + repository + ": where does it come from?");
    }
    Path folder = repository.relativize(origin.getParent());
    int parts = folder.getNameCount();
    String version = folder.getName(parts - 1).toString();
    String artifact = folder.getName(parts - 2).toString();
    String group = folder.subpath(0, parts - 2).toString().replace('/', '.');
    List<String> licences = licences(repository, group, artifact, version);
    String purl = "pkg:maven/" + group + "/" + artifact + "@" + version;
    return new Component("library", group, artifact, version, purl, sha256(jar), licences);
  }

  private static List<String> licences(
      Path repository, String group, String artifact, String version) throws Exception {
    for (int level = 0; level < PARENTS; level++) {
      Path pom =
          repository
              .resolve(group.replace('.', '/'))
              .resolve(artifact)
              .resolve(version)
              .resolve(artifact + "-" + version + ".pom");
      if (!Files.exists(pom)) {
        return List.of();
      }
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      Element project = factory.newDocumentBuilder().parse(pom.toFile()).getDocumentElement();
      List<String> names = new ArrayList<>();
      child(project, "licenses")
          .ifPresent(
              all ->
                  elements(all)
                      .forEach(
                          l ->
                              child(l, "name")
                                  .ifPresent(n -> names.add(n.getTextContent().strip()))));
      Optional<Element> parent = child(project, "parent");
      if (!names.isEmpty() || parent.isEmpty()) {
        return names;
      }
      group = child(parent.get(), "groupId").orElseThrow().getTextContent().strip();
      artifact = child(parent.get(), "artifactId").orElseThrow().getTextContent().strip();
      version = child(parent.get(), "version").orElseThrow().getTextContent().strip();
    }
    return List.of();
  }

  private static Optional<Element> child(Element parent, String name) {
    return elements(parent).stream().filter(e -> e.getTagName().equals(name)).findFirst();
  }

  private static List<Element> elements(Element parent) {
    List<Element> elements = new ArrayList<>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element) {
        elements.add(element);
      }
    }
    return elements;
  }

  private static Component java(Path home) throws IOException {
    Map<String, String> release = new HashMap<>();
    for (String line : Files.readAllLines(home.resolve("release"))) {
      int equals = line.indexOf('=');
      release.put(line.substring(0, equals), line.substring(equals + 1).replace("\"", ""));
    }
    String version = release.getOrDefault("JAVA_RUNTIME_VERSION", release.get("JAVA_VERSION"));
    String vendor = release.getOrDefault("IMPLEMENTOR", "unknown");
    return new Component(
        "platform",
        vendor,
        "openjdk",
        version,
        "pkg:generic/openjdk@" + version.replace("+", "%2B"),
        "",
        List.of("GPL-2.0-only WITH Classpath-exception-2.0"));
  }

  private static Component debian(Path status) throws IOException {
    Map<String, String> fields = new HashMap<>();
    for (String line : Files.readAllLines(status)) {
      int colon = line.indexOf(": ");
      if (colon > 0 && !line.startsWith(" ")) {
        fields.put(line.substring(0, colon), line.substring(colon + 2));
      }
    }
    String name = fields.get("Package");
    String version = fields.get("Version");
    String purl =
        "pkg:deb/debian/"
            + name
            + "@"
            + version.replace("+", "%2B").replace(":", "%3A")
            + "?arch="
            + fields.get("Architecture");
    return new Component(
        "library",
        "",
        name,
        version,
        purl,
        "",
        List.of("see /usr/share/doc/" + name + "/copyright"));
  }

  private static String sha256(Path file) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String text(String value) {
    return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\s+", " ") + "\"";
  }
}
