package dev.longshore.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.RepositoryName;
import dev.longshore.model.check.testing.Found;
import dev.longshore.oci.testing.Fault;
import dev.longshore.oci.testing.HttpRegistry;
import dev.longshore.oci.testing.HttpRegistryOptions;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.config.LoginSettings;
import dev.longshore.runtime.config.NotificationSettings;
import dev.longshore.runtime.config.PollSettings;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.edge.access.CredentialSettings;
import dev.longshore.settings.Secret;
import dev.longshore.testing.RandomImage;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryCheckTest {
  private static final String RIGHT = "reader:right";
  private static final HttpRegistryOptions LOGIN =
      HttpRegistryOptions.plain().withLogin(RegistryCheckTest::challenge);

  private static Optional<String> challenge(String authorization) {
    String expected =
        "Basic " + Base64.getEncoder().encodeToString(RIGHT.getBytes(StandardCharsets.UTF_8));
    return authorization.equals(expected) ? Optional.empty() : Optional.of("Basic realm=\"test\"");
  }

  private static RegistrySettings settings(
      String host, @Nullable CredentialSettings credentials, @Nullable PollSettings poll) {
    return new RegistrySettings("local", host, null, true, List.of(), credentials, poll);
  }

  private static CredentialSettings password(String password) {
    return new CredentialSettings("reader", new Secret(password), null);
  }

  private static Found look(RegistrySettings settings, Clock clock) throws Exception {
    return Found.by(new RegistryCheck(settings, clock));
  }

  private static HttpRegistry start(HttpRegistryOptions options) throws Exception {
    InMemoryRegistry content = new InMemoryRegistry();
    HttpRegistry registry = HttpRegistry.start(content, options);
    content.push(new RepositoryName(registry.host(), "team/app"), "1.0", RandomImage.of(1));
    return registry;
  }

  @Test
  void aRegistryThatTakesOurPasswordAndListsIsFine() throws Exception {
    try (HttpRegistry registry = start(LOGIN)) {
      Found found =
          look(settings(registry.host().value(), password("right"), null), Clock.systemUTC());

      assertThat(found.wrong()).isEmpty();
      assertThat(found.fine())
          .contains("1 in all, credentials accepted", "team/app: 1 tags", "10 s apart");
    }
  }

  @Test
  void aWrongPasswordIsToldWithTheSettingAndWithoutThePassword() throws Exception {
    try (HttpRegistry registry = start(LOGIN)) {
      Found found =
          look(settings(registry.host().value(), password("hunter2"), null), Clock.systemUTC());

      assertThat(found.wrong())
          .contains("list its repositories: ", "correct credentials of registry local")
          .doesNotContain("hunter2");
    }
  }

  @Test
  void whereCredentialsComeFromIsToldAndNotWhatTheyAre(@TempDir Path folder) throws Exception {
    try (HttpRegistry registry = start(LOGIN)) {
      Path file =
          Files.writeString(
              folder.resolve("config.json"),
              "{\"auths\":{\"%s\":{\"auth\":\"cmVhZGVyOnJpZ2h0\"}}}".formatted(registry.host()));

      assertThat(look(settings(registry, file), Clock.systemUTC()).fine())
          .contains("get credentials from " + file, "credentials accepted")
          .doesNotContain("right", "cmVhZGVyOnJpZ2h0");

      Files.writeString(file, "{\"credsStore\":\"longshore-has-none\"}");
      assertThat(look(settings(registry, file), Clock.systemUTC()).wrong())
          .contains(
              "get credentials from docker-credential-longshore-has-none, which " + file + " names",
              "no such program is on PATH",
              "correct credentials of registry local");
    }
  }

  private static RegistrySettings settings(HttpRegistry registry, Path dockerConfig) {
    return new RegistrySettings(
        "local",
        registry.host().value(),
        null,
        true,
        List.of(),
        new LoginSettings(null, null, null, dockerConfig.toString(), null, null, List.of()),
        null,
        null,
        NotificationSettings.USUAL);
  }

  @Test
  void aListingThatIsRefusedIsNotNeededWhereThePollNamesItsRepositories() throws Exception {
    HttpRegistryOptions noCatalog =
        HttpRegistryOptions.plain().withLogin(authorization -> Optional.empty());
    try (HttpRegistry registry = start(noCatalog)) {
      PollSettings poll = new PollSettings(Duration.ofMinutes(5), List.of("team/absent"));

      assertThat(look(settings(registry.host().value(), null, poll), Clock.systemUTC()).warnings())
          .contains("list tags of team/absent: there is no such repository");
    }
  }

  @Test
  void aListingThatIsRefusedIsToldWhereThePollLooksForPatterns() throws Exception {
    try (HttpRegistry registry = start(HttpRegistryOptions.plain())) {
      registry.content().faults().always(registry.host().toString(), new Fault.Status(401));
      PollSettings poll = new PollSettings(Duration.ofMinutes(5), List.of("team/app", "team/*"));

      assertThat(look(settings(registry.host().value(), null, poll), Clock.systemUTC()).warnings())
          .contains("list its repositories: refused", "name all of them there");
    }
  }

  @Test
  void aClosedPortIsToldWithTheSettingsThatLeadThere() throws Exception {
    assertThat(look(settings("localhost:1", null, null), Clock.systemUTC()).wrong())
        .contains("GET http://localhost:1/v2/", "correct host, url, plain-http and tls");
  }

  @Test
  void somethingElseAtItsAddressIsToldByItsStatus() throws Exception {
    try (AnsweringServer other = new AnsweringServer(503)) {
      URI address = other.address();
      Found found = look(settings("localhost:" + address.getPort(), null, null), Clock.systemUTC());

      assertThat(found.wrong()).contains("status 503", "set url of the registry");
    }
  }

  @Test
  void clocksThatAreApartAreTold() throws Exception {
    try (HttpRegistry registry = start(HttpRegistryOptions.plain())) {
      RegistrySettings settings = settings(registry.host().value(), null, null);
      Clock slow = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-5));
      Clock hasty = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(40));

      assertThat(look(settings, slow).wrong()).contains("ahead of ours", "NTP");
      assertThat(look(settings, hasty).warnings()).contains("behind ours");
    }
  }
}
