package dev.longshore.app.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryClient;
import dev.longshore.oci.registry.RetryPolicy;
import dev.longshore.oci.testing.HttpRegistry;
import dev.longshore.oci.testing.HttpRegistryOptions;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.config.LoginSettings;
import dev.longshore.runtime.config.NotificationSettings;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.testing.ManualClock;
import dev.longshore.testing.RandomImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Each source of credentials as settings name it, at a registry that wants them. */
class RegistryAccessTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger ours = (Logger) LoggerFactory.getLogger("dev.longshore");
  private volatile String right = "me:hunter2";
  private Level level;
  private HttpRegistry registry;
  private Reference image;

  @BeforeEach
  void start() throws Exception {
    registry =
        HttpRegistry.start(
            new InMemoryRegistry(), HttpRegistryOptions.plain().withLogin(this::challenge));
    registry.content().push(registry.name("team/app"), "v1", RandomImage.of(1));
    image = Reference.tagged(registry.name("team/app"), "v1");
    log.setContext(ours.getLoggerContext());
    log.start();
    ours.addAppender(log);
    level = ours.getLevel();
    ours.setLevel(Level.TRACE);
  }

  @AfterEach
  void stop() {
    ours.setLevel(level);
    ours.detachAppender(log);
    registry.close();
  }

  private Optional<String> challenge(String shown) {
    boolean token = shown.equals("Bearer " + right);
    return token || shown.equals("Basic " + base64(right))
        ? Optional.empty()
        : Optional.of("Basic realm=\"test\"");
  }

  private static String base64(String pair) {
    return Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private static LoginSettings dockerConfig(Path file) {
    return new LoginSettings(null, null, null, file.toString(), null, null, List.of());
  }

  private static LoginSettings command(@Nullable String user, Path program) {
    return new LoginSettings(user, null, null, null, null, null, List.of(program.toString()));
  }

  private RegistrySettings settings(String host, LoginSettings login) {
    return new RegistrySettings(
        "closed", host, null, true, List.of(), login, null, null, NotificationSettings.USUAL);
  }

  private RegistryClient client(LoginSettings login) {
    return client(login, PATIENCE);
  }

  private RegistryClient client(LoginSettings login, Duration limit) {
    RegistryAccess access =
        RegistryAccess.of(settings(registry.host().value(), login), limit, clock);
    return client(access);
  }

  private static RegistryClient client(RegistryAccess... all) {
    return new RegistryClient(
        Registries.of(Stream.of(all).map(RegistryAccess::config).toList()),
        ClientSettings.defaults().withRetry(RetryPolicy.never()));
  }

  private boolean pulls(RegistryClient client) throws RegistryException {
    return client.resolve(image).digest().toString().equals(RandomImage.of(1).rootDigest());
  }

  private RegistryException failure(RegistryClient client) {
    return catchThrowableOfType(RegistryException.class, () -> client.resolve(image));
  }

  /** Everything that anybody could read of a failure. */
  private String told(RegistryException failure) {
    var text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text, true));
    log.list.forEach(line -> text.append(line.getFormattedMessage()).append('\n'));
    return text.toString();
  }

  private Path dockerFile(Path file, String pair) throws IOException {
    return Files.writeString(
        file, "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(registry.host(), base64(pair)));
  }

  @Test
  void aFileOfDockerIsReadAgainWhenItsSymlinkIsSwappedAsKubernetesDoes() throws Exception {
    Path first = Files.createDirectory(folder.resolve("..2026_01"));
    Path second = Files.createDirectory(folder.resolve("..2026_02"));
    dockerFile(first.resolve("config.json"), "me:hunter2");
    dockerFile(second.resolve("config.json"), "me:hunter3");
    Path data = folder.resolve("..data");
    Files.createSymbolicLink(data, first.getFileName());
    Path file = folder.resolve("config.json");
    Files.createSymbolicLink(file, Path.of("..data", "config.json"));
    RegistryClient client = client(dockerConfig(file));
    assertThat(pulls(client)).isTrue();

    right = "me:hunter3";
    assertThat(failure(client).kind()).isEqualTo(Kind.UNAUTHORIZED);
    Path swap = Files.createSymbolicLink(folder.resolve("..tmp"), second.getFileName());
    Files.move(swap, data, StandardCopyOption.ATOMIC_MOVE);

    assertThat(pulls(client)).isTrue();
  }

  @Test
  void aHalfWrittenFileKeepsTheOldValueAndSaysSo() throws Exception {
    Path file = dockerFile(folder.resolve("config.json"), "me:hunter2");
    RegistryClient client = client(dockerConfig(file));
    assertThat(pulls(client)).isTrue();

    String whole = Files.readString(file);
    Files.writeString(file, whole.substring(0, whole.length() - 20));

    assertThat(pulls(client)).isTrue();
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains(file + ": the file is not JSON", "the previous content stays"))
        .noneSatisfy(line -> assertThat(line).contains(base64("me:hunter2")));

    right = "me:hunter3";
    dockerFile(file, "me:hunter3");
    assertThat(pulls(client)).isTrue();
  }

  @Test
  void aFileThatIsMissingIsNamedUntilItIsThere() throws Exception {
    Path file = folder.resolve("config.json");
    RegistryClient client = client(dockerConfig(file));

    assertThat(failure(client)).hasMessageContaining("there is no file " + file);
    dockerFile(file, "me:hunter2");

    assertThat(pulls(client)).isTrue();
  }

  @Test
  void theFileOfTheUserIsLookedForOnlyWhereDockerDoes() {
    assertThat(RegistryAccess.dockerConfig("user", Map.of("DOCKER_CONFIG", "/run/docker")))
        .isEqualTo(Path.of("/run/docker/config.json"));
    assertThat(RegistryAccess.dockerConfig("user", Map.of()))
        .isEqualTo(Path.of(System.getProperty("user.home"), ".docker/config.json"));
    assertThat(RegistryAccess.dockerConfig("/etc/a.json", Map.of("DOCKER_CONFIG", "/run/docker")))
        .isEqualTo(Path.of("/etc/a.json"));
  }

  @Test
  void containerdsFileGivesItsHeader() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("hosts.toml"),
            "[host.\"http://%s\".header]\nAuthorization = \"Basic %s\"\n"
                .formatted(registry.host(), base64(right)));

    assertThat(pulls(client(new LoginSettings(null, null, null, null, file, null, List.of()))))
        .isTrue();
  }

  @Test
  void aHelperIsAskedForTheHost() throws Exception {
    Path program =
        Script.write(
            folder.resolve("docker-credential-x"),
            "test \"$*\" = get && read host; echo"
                + " \"{\\\"ServerURL\\\":\\\"$host\\\",\\\"Username\\\":\\\"me\\\",\\\"Secret\\\":\\\"hunter2\\\"}\";"
                + " "
                + "echo \"$host\" > %s/asked".formatted(folder));

    assertThat(pulls(client(helper(program)))).isTrue();
    assertThat(folder.resolve("asked")).hasContent(registry.host().value());
  }

  @Test
  void aHelperThatKnowsNothingSaysSoInDockersWords() throws Exception {
    Path program =
        Script.write(
            folder.resolve("docker-credential-x"),
            "echo 'credentials not found in native keychain'; exit 1");

    assertThat(failure(client(helper(program))))
        .hasMessageContainingAll(
            "docker-credential-x get", "credentials not found in native keychain");
  }

  private static LoginSettings helper(Path program) {
    return new LoginSettings(null, null, null, null, null, program.toString(), List.of());
  }

  @Test
  void aHelperThatDockersFileNamesAndIsNotThereIsNamed() throws Exception {
    Path file =
        Files.writeString(folder.resolve("config.json"), "{\"credsStore\":\"longshore-has-none\"}");

    assertThat(failure(client(dockerConfig(file))))
        .hasMessageContaining(
            "docker-credential-longshore-has-none get for %s: no such program is on PATH"
                .formatted(registry.host()));
  }

  @Test
  void aCommandIsAskedAnewWhenItsPasswordWasExchanged() throws Exception {
    Path program = folder.resolve("print");
    Script.write(program, "echo run >> %s/runs; echo '{\"token\":\"hunter2\"}'".formatted(folder));
    RegistryClient client = client(command("me", program));
    assertThat(pulls(client)).isTrue();
    assertThat(pulls(client)).isTrue();
    assertThat(folder.resolve("runs")).hasContent("run");

    right = "me:hunter3";
    Script.write(program, "echo run >> %s/runs; echo '{\"token\":\"hunter3\"}'".formatted(folder));

    assertThat(pulls(client)).isTrue();
    assertThat(Files.readAllLines(folder.resolve("runs"))).hasSize(2);
  }

  @Test
  void aWrongPasswordDoesNotRunTheProgramForEachRequest() throws Exception {
    Path program = folder.resolve("print");
    Script.write(program, "echo run >> %s/runs; echo '{\"token\":\"wrong\"}'".formatted(folder));
    RegistryClient client = client(command("me", program));

    for (int i = 0; i < 10; i++) {
      assertThat(failure(client).kind()).isEqualTo(Kind.UNAUTHORIZED);
    }

    assertThat(Files.readAllLines(folder.resolve("runs"))).hasSize(2);
  }

  @Test
  void theProgramReadsTheRequestOfAKubelet() throws Exception {
    Path program =
        Script.write(
            folder.resolve("print"),
            "cat > %s/asked; echo '{\"username\":\"me\",\"password\":\"hunter2\"}'"
                .formatted(folder));

    assertThat(pulls(client(command(null, program)))).isTrue();
    assertThat(folder.resolve("asked"))
        .content()
        .contains("CredentialProviderRequest", registry.host().value());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo hunter2; echo \"cannot use hunter2\" >&2; exit 1",
        "set -x; PASSWORD=hunter2; exit 2",
        "echo '{\"secret\":\"hunter2\"}'; echo 'Authorization: Bearer hunter2' >&2",
        "echo hunter2",
        "",
        "echo '{\"token\":\"hunter2\"'",
        "echo '{\"token\":\"hunter2\",\"expires\":\"2000-01-01T00:00:00Z\"}'",
        "echo hunter2; kill -9 $$",
        "while :; do echo hunter2; done",
        "echo hunter2; sleep 600"
      })
  void aProgramThatFailsIsToldWithTheRemedyAndWithoutItsSecret(String script) throws Exception {
    Path program = Script.write(folder.resolve("print"), script);
    RegistryClient client = client(command("me", program), Duration.ofSeconds(5));

    RegistryException failure = failure(client);

    assertThat(failure.kind()).isEqualTo(Kind.UNAUTHORIZED);
    assertThat(failure.transientFailure()).isTrue();
    assertThat(failure).hasMessageContaining("credentials.command " + program);
    assertThat(told(failure)).doesNotContain("hunter2");
    assertThat(registry.requests()).isEmpty();
  }

  @Test
  void whatAProgramSaysOfItsFailureIsShown() throws Exception {
    Path program =
        Script.write(
            folder.resolve("print"),
            "echo 'Unable to locate credentials: run aws configure' >&2; exit 255");

    assertThat(failure(client(command("me", program))))
        .hasMessageContainingAll("exit code 255", "Unable to locate credentials", "run it by hand");
  }

  @Test
  void aProgramThatFailsStopsItsRegistryWholeAndNoOther() throws Exception {
    Path program = Script.write(folder.resolve("print"), "exit 1");
    try (HttpRegistry open =
        HttpRegistry.start(new InMemoryRegistry(), HttpRegistryOptions.plain())) {
      open.content().push(open.name("team/app"), "v1", RandomImage.of(1));
      RegistryClient client =
          client(
              RegistryAccess.of(
                  settings(registry.host().value(), command("me", program)), PATIENCE, clock));

      RegistryException failure = failure(client);

      RegistryHost host = registry.host();
      assertThat(client.isOverAll(host, Optional.of(image.name()), failure)).isTrue();
      assertThat(client.resolve(Reference.tagged(open.name("team/app"), "v1")).digest())
          .hasToString(RandomImage.of(1).rootDigest());
    }
  }

  @Test
  void aProgramSeesNoSecretOfOurs() {
    assertThat(
            ProgramSource.environment(
                Map.of(
                    "PATH", "/bin",
                    "HOME", "/root",
                    "https_proxy", "http://proxy:3128",
                    "AWS_ROLE_ARN", "arn",
                    "LONGSHORE_HEALTH_CREDENTIALS_TOKEN", "hunter2",
                    "OTHER_TOKEN", "hunter2")))
        .containsOnlyKeys("PATH", "HOME", "https_proxy", "AWS_ROLE_ARN");
  }
}
