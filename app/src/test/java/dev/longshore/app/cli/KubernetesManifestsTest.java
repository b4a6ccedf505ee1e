package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.settings.ConfigFile;
import dev.longshore.app.settings.Settings;
import dev.longshore.resolver.site.neighbor.NeighborSettings;
import dev.longshore.settings.ConfigLoader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/**
 * What {@code deploy/kubernetes} runs is what this version takes, with no more rights than said.
 */
class KubernetesManifestsTest {
  private static final Path FOLDER = folder();
  private static final String IMAGE = "longshore:0.1.0";

  private static Path folder() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("longshore"))) {
      folder = folder.getParent();
    }
    return folder.resolve("deploy/kubernetes");
  }

  private static List<Map<?, ?>> documents(String file) throws IOException {
    List<Map<?, ?>> documents = new ArrayList<>();
    new Yaml()
        .loadAll(Files.readString(FOLDER.resolve(file)))
        .forEach(document -> documents.add((Map<?, ?>) document));
    return documents;
  }

  private static Map<?, ?> document(String file, String kind) throws IOException {
    return documents(file).stream()
        .filter(document -> document.get("kind").equals(kind))
        .findFirst()
        .orElseThrow();
  }

  private static Object at(Object from, String... keys) {
    Object at = from;
    for (String key : keys) {
      at = Objects.requireNonNull(((Map<?, ?>) at).get(key), key);
    }
    return at;
  }

  private static Map<?, ?> pod(String file) throws IOException {
    Map<?, ?> workload = document(file, file.equals("join.yaml") ? "Job" : "DaemonSet");
    return (Map<?, ?>) at(workload, "spec", "template", "spec");
  }

  private static List<Map<?, ?>> containers(Map<?, ?> pod) {
    return Stream.of("initContainers", "containers")
        .flatMap(kind -> list(pod.get(kind)).stream())
        .toList();
  }

  private static List<Map<?, ?>> list(Object value) {
    List<Map<?, ?>> list = new ArrayList<>();
    if (value instanceof List<?> items) {
      items.forEach(item -> list.add((Map<?, ?>) item));
    }
    return list;
  }

  @ParameterizedTest
  @ValueSource(strings = {"site.yaml", "join.yaml", "remove.yaml"})
  void everyCommandLineIsOneOfThisVersion(String file) throws Exception {
    for (Map<?, ?> container : containers(pod(file))) {
      if (!container.get("image").equals(IMAGE)) {
        continue;
      }
      List<String> line = new ArrayList<>();
      for (Object argument : (List<?>) container.get("args")) {
        if (argument.equals("@/join/line")) {
          String typed = (String) at(document(file, "Secret"), "stringData", "line");
          line.addAll(List.of(typed.split(" ")));
        } else {
          line.add((String) argument);
        }
      }
      PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
      var parsed =
          LongshoreCommand.commandLine(new Terminal(nowhere, nowhere, false), line)
              .parseArgs(line.toArray(String[]::new));
      assertThat(parsed.hasSubcommand()).as(line.toString()).isTrue();
    }
  }

  @Test
  void theSettingsAreThoseOfThisVersionAndListenOnLoopbackAlone(@TempDir Path temporary)
      throws Exception {
    String text = (String) at(document("site.yaml", "ConfigMap"), "data", "longshore.yaml");
    Path file = Files.writeString(temporary.resolve("longshore.yaml"), text);

    Settings settings =
        new ConfigLoader<>(Settings.class).load(ConfigFile.sources(file, List.of())).settings();

    assertThat(settings.site().neighbors()).isNotNull();
    assertThat(settings.neededResolver().listen()).hasToString("127.0.0.1:5050");
    assertThat(text.lines().filter(line -> line.contains("listen:")))
        .hasSize(4)
        .allMatch(
            line -> line.contains(": 127.0.0.1:") || line.strip().equals("listen: 0.0.0.0:5057"));
    String kubo = (String) at(document("site.yaml", "ConfigMap"), "data", "kubo.sh");
    assertThat(kubo.lines().filter(line -> line.contains("/tcp/")))
        .hasSize(3)
        .allMatch(line -> line.contains("/ip4/127.0.0.1/"));
  }

  @Test
  void theNodesFindEachOtherByTheHeadlessService(@TempDir Path temporary) throws Exception {
    String text = (String) at(document("site.yaml", "ConfigMap"), "data", "longshore.yaml");
    Path file = Files.writeString(temporary.resolve("longshore.yaml"), text);
    NeighborSettings neighbors =
        Objects.requireNonNull(
            new ConfigLoader<>(Settings.class)
                .load(ConfigFile.sources(file, List.of()))
                .settings()
                .site()
                .neighbors());
    Map<?, ?> service = document("site.yaml", "Service");

    assertThat(at(service, "spec", "clusterIP")).isEqualTo("None");
    assertThat(list(at(service, "spec", "ports")).getFirst().get("port"))
        .isEqualTo(neighbors.listen().port());
    assertThat(at(service, "spec", "selector"))
        .isEqualTo(
            at(document("site.yaml", "DaemonSet"), "spec", "template", "metadata", "labels"));
    assertThat(neighbors.nodes())
        .containsExactly(
            "%s.%s.svc:%d"
                .formatted(
                    at(service, "metadata", "name"),
                    at(service, "metadata", "namespace"),
                    neighbors.listen().port()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"site.yaml", "join.yaml", "remove.yaml"})
  void everyMountHasAVolumeAndEveryVolumeAMount(String file) throws Exception {
    Map<?, ?> pod = pod(file);
    List<Object> volumes =
        list(pod.get("volumes")).stream().<Object>map(v -> v.get("name")).toList();
    List<Object> mounted =
        containers(pod).stream()
            .flatMap(container -> list(container.get("volumeMounts")).stream())
            .<Object>map(mount -> mount.get("name"))
            .distinct()
            .toList();

    assertThat(mounted).containsExactlyInAnyOrderElementsOf(volumes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"site.yaml", "join.yaml", "remove.yaml"})
  void onlyWhatPreparesTheNodeIsRoot(String file) throws Exception {
    Map<?, ?> pod = pod(file);
    Map<?, ?> shared = (Map<?, ?>) pod.get("securityContext");
    for (Map<?, ?> container : containers(pod)) {
      Map<?, ?> own = (Map<?, ?>) container.get("securityContext");
      boolean prepares = List.of("folders", "mirror").contains(container.get("name"));
      Object user = own.containsKey("runAsUser") ? own.get("runAsUser") : shared.get("runAsUser");
      String name = file + ": " + container.get("name");

      assertThat(user).as(name).isEqualTo(prepares ? 0 : 65_532);
      assertThat(own.get("allowPrivilegeEscalation")).as(name).isEqualTo(false);
      assertThat(own.get("readOnlyRootFilesystem")).as(name).isEqualTo(true);
      assertThat(at(own, "capabilities", "drop")).as(name).isEqualTo(List.of("ALL"));
      assertThat(((Map<?, ?>) own.get("capabilities")).get("add"))
          .as(name)
          .isEqualTo(prepares ? List.of("CHOWN", "DAC_OVERRIDE", "FOWNER") : null);
      assertThat(own.containsKey("privileged")).as(name).isFalse();
    }
    assertThat(pod.get("automountServiceAccountToken")).isEqualTo(false);
  }

  @Test
  void whatWasAppliedIsWhatIsRemoved() throws Exception {
    List<String> applied = mirror("site.yaml");
    List<String> removed = mirror("remove.yaml");

    assertThat(applied.subList(0, 2)).containsExactly("mirror", "apply");
    assertThat(removed.subList(0, 2)).containsExactly("mirror", "remove");
    assertThat(applied).containsAll(removed.subList(2, removed.size()));
    assertThat(folders("remove.yaml")).isEqualTo(folders("site.yaml"));
  }

  private static Map<?, ?> mirrorContainer(String file) throws IOException {
    return containers(pod(file)).stream()
        .filter(container -> container.get("name").equals("mirror"))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> mirror(String file) throws IOException {
    return ((List<?>) mirrorContainer(file).get("args")).stream().map(String::valueOf).toList();
  }

  private static Object folders(String file) throws IOException {
    return mirrorContainer(file).get("volumeMounts");
  }
}
