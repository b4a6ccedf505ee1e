package dev.longshore.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverridesTest {
  record Own(
      @Inline Program shared,
      @Setting(value = "{}", doc = "by name") Map<String, Program.Poll> polls) {}

  private static final String TWO_REGISTRIES =
      """
      kafka: {topic-prefix: file.}
      registries:
        - {name: hub-1, host: docker.io}
        - {name: dev, host: "localhost:5055"}
      polls:
        night-time: {repositories: [a]}
      """;

  @TempDir Path folder;
  private ConfigText config;

  @BeforeEach
  void setUp() {
    config = new ConfigText(folder);
  }

  private Loaded<Own> load(Map<String, String> environment, String... flags)
      throws ConfigException {
    return new ConfigLoader<>(Own.class).load(config.yaml(TWO_REGISTRIES, environment, flags));
  }

  @Test
  void aFlagWinsOverAVariableAndAVariableOverTheFileAndTheWinnerIsKnown() throws ConfigException {
    Map<String, String> variable = Map.of("LONGSHORE_KAFKA_TOPIC_PREFIX", "variable.");

    Loaded<Own> file = load(Map.of());
    assertThat(file.settings().shared().kafka().topicPrefix()).isEqualTo("file.");
    assertThat(file.origins().get("kafka.topic-prefix"))
        .isEqualTo(new ValueOrigin.File(folder.resolve("longshore.yaml"), 1));

    Loaded<Own> overVariable = load(variable);
    assertThat(overVariable.settings().shared().kafka().topicPrefix()).isEqualTo("variable.");
    assertThat(overVariable.origins().get("kafka.topic-prefix"))
        .isEqualTo(new ValueOrigin.Environment("LONGSHORE_KAFKA_TOPIC_PREFIX"));

    Loaded<Own> overFlag = load(variable, "kafka.topic-prefix=flag.");
    assertThat(overFlag.settings().shared().kafka().topicPrefix()).isEqualTo("flag.");
    assertThat(overFlag.origins().get("kafka.topic-prefix"))
        .isEqualTo(new ValueOrigin.Flag("kafka.topic-prefix"));
  }

  @Test
  void listsAreSeparatedByCommasOrWrittenAsYaml() throws ConfigException {
    Map<String, String> variable = Map.of("LONGSHORE_KAFKA_BOOTSTRAP_SERVERS", "a:1, b:2");
    assertThat(load(variable).settings().shared().kafka().bootstrapServers())
        .containsExactly("a:1", "b:2");
    assertThat(
            load(Map.of(), "kafka.bootstrap-servers=[\"c:3\"]")
                .settings()
                .shared()
                .kafka()
                .bootstrapServers())
        .containsExactly("c:3");
    assertThat(load(Map.of(), "peers=[{name: a}, {name: b}]").settings().shared().peers())
        .containsExactly(new Program.Peer("a", null), new Program.Peer("b", null));
  }

  @Test
  void itemsAreCalledByPlaceOrByName() throws ConfigException {
    Own settings =
        load(
                Map.of(
                    "LONGSHORE_REGISTRIES_HUB_1_URL", "https://one.example",
                    "LONGSHORE_REGISTRIES_1_URL", "https://two.example",
                    "LONGSHORE_POLLS_NIGHT_TIME_INTERVAL", "2h"),
                "registries.hub-1.poll.repositories=library/*",
                "registries.dev.plain-http=true",
                "registries.2.name=new",
                "registries.2.host=new.example",
                "registries.2.url=https://new.example")
            .settings();

    assertThat(settings.shared().registries())
        .extracting(Program.Registry::name, Program.Registry::url)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("hub-1", URI.create("https://one.example")),
            org.assertj.core.groups.Tuple.tuple("dev", URI.create("https://two.example")),
            org.assertj.core.groups.Tuple.tuple("new", URI.create("https://new.example")));
    assertThat(settings.shared().registries().getFirst().poll())
        .isEqualTo(new Program.Poll(Duration.ofMinutes(5), List.of("library/*")));
    assertThat(settings.shared().registries().get(1).plainHttp()).isTrue();
    assertThat(settings.polls())
        .containsExactly(
            Map.entry("night-time", new Program.Poll(Duration.ofHours(2), List.of("a"))));
  }

  @Test
  void whatNamesNoSettingIsAProblemButNotWhatKubernetesAdds() {
    assertThat(
            config.problems(
                Own.class,
                config.yaml(
                    TWO_REGISTRIES,
                    Map.of(
                        "LONGSHORE_KAFKA_TOPIC", "x",
                        "LONGSHORE_SERVICE_HOST", "10.0.0.1",
                        "LONGSHORE_SERVICE_PORT_HTTP", "5050",
                        "LONGSHORE_PORT", "tcp://10.0.0.1:5050",
                        "LONGSHORE_PORT_5050_TCP_ADDR", "10.0.0.1",
                        "LONGSHORE_LEVEL", "loud"),
                    "registries.nobody.host=x",
                    "kafka",
                    "kafka.replication-factor=x")))
        .containsExactly(
            "environment LONGSHORE_KAFKA_TOPIC: there is no such setting",
            "environment LONGSHORE_LEVEL: level: \"loud\" (expected: one of very-quiet, info)",
            "--set kafka: expected --set key=value",
            "--set kafka.replication-factor: kafka.replication-factor: \"x\" (expected: a whole"
                + " number of -2147483648 to 2147483647)",
            "--set registries.nobody.host: there is no such setting");
  }
}
