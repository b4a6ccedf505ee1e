package dev.longshore.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Mode;
import dev.longshore.rules.PlacementSettings;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.Rules;
import dev.longshore.rules.SuffixSettings;
import dev.longshore.rules.TagSettings;
import dev.longshore.runtime.edge.access.AccessSettings;
import dev.longshore.runtime.edge.access.CredentialSettings;
import dev.longshore.runtime.edge.access.Credentials;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.service.telemetry.LogFormat;
import dev.longshore.runtime.service.telemetry.LogLevel;
import dev.longshore.runtime.service.telemetry.TelemetrySettings;
import dev.longshore.runtime.service.tls.ClientTlsSettings;
import dev.longshore.runtime.service.tls.ServerTlsSettings;
import dev.longshore.settings.ConfigException;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import dev.longshore.settings.ConfigText;
import dev.longshore.settings.Loaded;
import dev.longshore.settings.Secret;
import dev.longshore.settings.SettingsTable;
import dev.longshore.settings.ValueOrigin;
import dev.longshore.settings.value.ByteSize;
import dev.longshore.settings.value.Listen;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedSettingsTest {
  private static final ConfigLoader<SharedSettings> LOADER =
      new ConfigLoader<>(SharedSettings.class);

  @TempDir Path folder;
  private ConfigText config;

  @BeforeEach
  void setUp() {
    config = new ConfigText(folder);
  }

  @Test
  void withoutAFileEverythingHasItsDefault() throws ConfigException {
    Loaded<SharedSettings> loaded =
        LOADER.load(new ConfigSources(null, Map.of("PATH", "/bin"), List.of()));

    assertThat(loaded.settings())
        .isEqualTo(
            new SharedSettings(
                Path.of(".longshore"),
                "main",
                "default",
                new KafkaSettings(List.of("127.0.0.1:9092"), "longshore.", null, null),
                List.of(),
                List.of(),
                List.of(),
                new TelemetrySettings(null, LogFormat.PLAIN, LogLevel.INFO),
                ListenerSettings.open(new Listen("127.0.0.1", 5056))));
    assertThat(loaded.origins()).containsEntry("kafka.topic-prefix", new ValueOrigin.Default());
  }

  @Test
  void sectionsOfAListHaveDefaultsToo() throws ConfigException {
    SharedSettings settings =
        LOADER
            .load(
                config.yaml(
                    """
                    registries:
                      - name: hub
                        host: docker.io
                        poll:
                          repositories: []
                    peers:
                      - {name: a, rpc: "http://127.0.0.1:5102", gateway: "http://127.0.0.1:8182"}
                    rules:
                      - {}
                    """))
            .settings();

    assertThat(settings.registries())
        .containsExactly(
            new RegistrySettings(
                "hub",
                "docker.io",
                null,
                false,
                List.of(),
                null,
                new PollSettings(Duration.ofMinutes(5), List.of())));
    assertThat(settings.registries().getFirst().endpoint())
        .isEqualTo(URI.create("https://docker.io"));
    assertThat(settings.peers())
        .containsExactly(
            new PeerSettings(
                "a",
                "default",
                URI.create("http://127.0.0.1:5102"),
                URI.create("http://127.0.0.1:8182"),
                List.of(),
                null,
                true,
                false));
    assertThat(settings.rules()).containsExactly(Rules.DEFAULT);
  }

  @Test
  void everySettingOfTheFileIsTaken() throws ConfigException {
    config.write("hub-password", "s3cret\n");
    config.write("token", "t0ken");
    config.write("kubo", "basic:pinner:pw\r\n");
    SharedSettings settings =
        LOADER
            .load(
                config.yaml(
                    """
                    home: /var/lib/longshore
                    instance: west-2
                    installation: prod
                    kafka:
                      bootstrap-servers: ["k1:9092", "k2:9092"]
                      topic-prefix: prod.
                      replication-factor: 3
                      min-in-sync: 2
                      client-properties: /etc/longshore/kafka.properties
                      allow-plaintext: true
                      oauth-urls: ["https://idp.example/token"]
                    registries:
                      - name: hub
                        host: docker.io
                        url: https://mirror.example:8443
                        plain-http: true
                        aliases: [index.docker.io, registry-1.docker.io]
                        credentials: {username: me, password-file: hub-password}
                        poll: {interval: 1m30s, repositories: [library/*]}
                        tls: {ca-file: /etc/longshore/ca.pem}
                      - name: dev
                        host: localhost:5055
                        plain-http: true
                        credentials: {token-file: token}
                    peers:
                      - name: a
                        zone: oslo
                        labels: [disk=ssd]
                        weight: 3
                        capacity: 2TiB
                        rpc: http://a.example:5001
                        gateway: https://a.example:8080
                        tls: {certificate-file: /etc/longshore/pinner.pem, key-file: /etc/longshore/pinner.key}
                        allow-plaintext: true
                        swarm: [/dns4/a.example/tcp/4001]
                        authorization-file: kubo
                        keep: false
                        allow-public-ipfs: true
                    rules:
                      - match: docker.io/**
                        modes: [plain, estargz, encrypted]
                        platforms: [linux/amd64, linux/arm/v7]
                        copies: 5
                        min-copies: 2
                        placement: {spread: none, require: [disk=ssd], avoid: [slow]}
                        max-size: 20GiB
                        tags: {allow: ["v*"], deny: [v0], semver: ">=1.2"}
                        suffixes: {estargz: -lazy}
                        recipients: ["jwe:/etc/longshore/team.pem"]
                        layers: [0, -1]
                        prefetch: [usr/bin/python3]
                        chunk-size: 4MiB
                        min-chunk-size: 64KiB
                    telemetry:
                      otlp-endpoint: http://otel.example:4318
                      otlp-metrics: true
                      logs: json
                      level: debug
                      allow-plaintext: true
                    health:
                      listen: 0.0.0.0:9100
                      credentials: {token-file: token}
                      tls:
                        certificate-file: /etc/longshore/tls.pem
                        key-file: /etc/longshore/tls.key
                        client-ca-file: /etc/longshore/ca.pem
                    """))
            .settings();

    assertThat(settings)
        .usingRecursiveComparison()
        .withEqualsForType((a, b) -> a.reveal().equals(b.reveal()), Secret.class)
        .isEqualTo(
            new SharedSettings(
                Path.of("/var/lib/longshore"),
                "west-2",
                "prod",
                new KafkaSettings(
                    List.of("k1:9092", "k2:9092"),
                    "prod.",
                    3,
                    2,
                    Path.of("/etc/longshore/kafka.properties"),
                    true,
                    List.of("https://idp.example/token")),
                List.of(
                    new RegistrySettings(
                        "hub",
                        "docker.io",
                        URI.create("https://mirror.example:8443"),
                        true,
                        List.of("index.docker.io", "registry-1.docker.io"),
                        new CredentialSettings("me", new Secret("s3cret"), null),
                        new PollSettings(Duration.ofSeconds(90), List.of("library/*")),
                        new ClientTlsSettings(Path.of("/etc/longshore/ca.pem"), null, null)),
                    new RegistrySettings(
                        "dev",
                        "localhost:5055",
                        null,
                        true,
                        List.of(),
                        new CredentialSettings(null, null, new Secret("t0ken")),
                        null)),
                List.of(
                    new PeerSettings(
                        "a",
                        new PeerPlace("oslo", List.of("disk=ssd"), 3, new ByteSize(2L << 40)),
                        URI.create("http://a.example:5001"),
                        URI.create("https://a.example:8080"),
                        List.of("/dns4/a.example/tcp/4001"),
                        new Secret("basic:pinner:pw"),
                        false,
                        true,
                        new ClientTlsSettings(
                            null,
                            Path.of("/etc/longshore/pinner.pem"),
                            Path.of("/etc/longshore/pinner.key")),
                        true)),
                List.of(
                    new RuleSettings(
                        "docker.io/**",
                        List.of(Mode.PLAIN, Mode.ESTARGZ, Mode.ENCRYPTED),
                        List.of("linux/amd64", "linux/arm/v7"),
                        5,
                        2,
                        new PlacementSettings(
                            PlacementSettings.Spread.NONE, List.of("disk=ssd"), List.of("slow")),
                        new ByteSize(20L << 30),
                        new TagSettings(List.of("v*"), List.of("v0"), ">=1.2"),
                        new SuffixSettings("-plain", "-lazy", "-zstdchunked", "-encrypted"),
                        List.of("jwe:/etc/longshore/team.pem"),
                        List.of("0", "-1"),
                        List.of("usr/bin/python3"),
                        new ByteSize(4L << 20),
                        new ByteSize(64L << 10))),
                new TelemetrySettings(
                    URI.create("http://otel.example:4318"),
                    true,
                    LogFormat.JSON,
                    LogLevel.DEBUG,
                    null,
                    true,
                    true),
                new ListenerSettings(
                    new Listen("0.0.0.0", 9100),
                    new AccessSettings(
                        new CredentialSettings(null, null, new Secret("t0ken")),
                        false,
                        new ServerTlsSettings(
                            Path.of("/etc/longshore/tls.pem"),
                            Path.of("/etc/longshore/tls.key"),
                            Path.of("/etc/longshore/ca.pem")),
                        false))));
    assertThat(settings.registries().get(1).endpoint())
        .isEqualTo(URI.create("http://localhost:5055"));
    assertThat(settings.registries().getFirst().endpoint())
        .isEqualTo(URI.create("https://mirror.example:8443"));
  }

  @Test
  void credentialsAreOneOfTwoForms() {
    assertThat(new CredentialSettings("me", new Secret("p"), null).credentials())
        .isEqualTo(new Credentials.Basic("me", new Secret("p")));
    assertThat(new CredentialSettings(null, null, new Secret("t")).credentials())
        .isEqualTo(new Credentials.Bearer(new Secret("t")));
  }

  @Test
  void theTableShowsEverySettingWithDefaultFormUnitAndMeaning() {
    assertThat(SettingsTable.of(SharedSettings.class).lines())
        .startsWith(
            "## Process",
            "",
            "| setting | default | form | what it does |",
            "|---|---|---|---|",
            "| `home` | `.longshore` | a path | folder for local stores and the development parts'"
                + " state |")
        .containsSubsequence(
            "## kafka",
            "The Kafka cluster.",
            "| `kafka.bootstrap-servers` | `[127.0.0.1:9092]` | list: text | bootstrap brokers |",
            "## registries",
            "| `registries[].host` | required | text | host[:port] as in references, such as"
                + " localhost:5055 |",
            "## health",
            "| `health.listen` | `127.0.0.1:5056` | host:port | address and port to listen on |");
  }
}
