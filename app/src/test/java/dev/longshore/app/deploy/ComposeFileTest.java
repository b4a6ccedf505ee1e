package dev.longshore.app.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.settings.Settings;
import dev.longshore.programs.Kubo;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What must hold for deploy/compose, read from its files; deploy/compose/test runs them. */
class ComposeFileTest {
  private static final Path ROOT = root();
  private static final Path COMPOSE = ROOT.resolve("deploy/compose");

  /** Run once, or without a shell or client in the public image. */
  private static final List<String> WITHOUT_HEALTH_CHECK =
      List.of("prepare", "topics", "longshore", "jaeger");

  @TempDir Path folder;

  @Test
  void onlyLoopbackPortsArePublished() {
    assertThat(services().values())
        .flatExtracting(service -> strings(service.get("ports")))
        .hasSizeGreaterThan(5)
        .allMatch(port -> String.valueOf(port).startsWith("127.0.0.1:"), "is on loopback");
  }

  @Test
  void everyServiceHasALimitOfMemoryAndAHealthCheck() {
    services()
        .forEach(
            (name, service) -> {
              assertThat(service.get("mem_limit")).as(name).isNotNull();
              assertThat(service.get("cap_drop")).as(name).isEqualTo(List.of("ALL"));
              if (!WITHOUT_HEALTH_CHECK.contains(name)) {
                assertThat(service.get("healthcheck")).as(name).isNotNull();
              }
            });
  }

  @Test
  void imagesHaveTheVersionsThatTheTestsRun() throws Exception {
    String lock = Files.readString(ROOT.resolve("deploy/tools/tools.lock"));
    String pom = Files.readString(ROOT.resolve("pom.xml"));

    assertThat(image("kubo-1")).isEqualTo("ipfs/kubo:" + first("(?m)^ipfs +(\\S+)", lock));
    assertThat(image("registry")).isEqualTo("registry:" + first("(?m)^registry +v(\\S+)", lock));
    assertThat(image("kafka"))
        .isEqualTo("apache/kafka:" + first("<kafka.version>([^<]+)</kafka.version>", pom));
    assertThat(image("watcher"))
        .contains("longshore:" + first("</artifactId>\\s*<version>([^<]+)<", pom));
    assertThat(services().keySet())
        .allSatisfy(name -> assertThat(image(name)).matches(".*:v?\\d+\\.\\d+\\.\\d+}?"));
  }

  @Test
  void kuboRunsInTheEnvironmentOfTheDevelopmentRun() {
    assertThat(services().get("kubo-1").get("environment"))
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .containsAllEntriesOf(Kubo.environment(Path.of("/data/ipfs")));
  }

  @Test
  void itsSettingsAreWhole() throws Exception {
    String yaml = Files.readString(COMPOSE.resolve("longshore.yaml"));
    Matcher secrets = Pattern.compile("/etc/longshore/secrets/([a-z0-9-]+)").matcher(yaml);
    while (secrets.find()) {
      Files.writeString(folder.resolve(secrets.group(1)), "secret");
    }
    Path file = folder.resolve("longshore.yaml");
    Files.writeString(file, yaml.replace("/etc/longshore/secrets", folder.toString()));

    assertThat(
            new ConfigLoader<>(Settings.class).check(new ConfigSources(file, Map.of(), List.of())))
        .isEmpty();
  }

  private static String image(String service) {
    return String.valueOf(services().get(service).get("image"));
  }

  private static String first(String pattern, String text) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(pattern).isTrue();
    return matcher.group(1);
  }

  private static List<?> strings(Object list) {
    return list == null ? List.of() : (List<?>) list;
  }

  @SuppressWarnings("unchecked") // what YAML's types are is said by the file
  private static Map<String, Map<String, Object>> services() {
    try {
      Map<String, Object> file =
          new Yaml(new SafeConstructor(new LoaderOptions()))
              .load(Files.readString(COMPOSE.resolve("compose.yaml")));
      return (Map<String, Map<String, Object>>) Objects.requireNonNull(file.get("services"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("longshore"))) {
      folder = folder.getParent();
    }
    return folder;
  }
}
