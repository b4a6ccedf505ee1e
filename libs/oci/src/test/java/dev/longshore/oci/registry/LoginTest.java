package dev.longshore.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.model.Reference;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.source.BlobStream;
import dev.longshore.oci.testing.HttpRegistryOptions;
import dev.longshore.testing.SplitMix;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LoginTest {
  private static final RegistryCredentials.Basic USER =
      new RegistryCredentials.Basic("user", "s3cret:word");

  /** Base64 of {@code user:s3cret:word}. */
  private static final String BASIC = "Basic dXNlcjpzM2NyZXQ6d29yZA==";

  private TokenEndpoint tokens;
  private ClientFixture registry;

  @BeforeEach
  void start() throws Exception {
    tokens = new TokenEndpoint();
    registry = new ClientFixture(HttpRegistryOptions.plain().withLogin(tokens::challenge));
  }

  @AfterEach
  void stop() {
    registry.close();
    tokens.close();
  }

  private RegistryClient trusting(RegistryCredentials credentials) {
    return registry.client(
        registry.config().withTrustedHost(tokens.authority()).withCredentials(credentials));
  }

  private void resolve(RegistryClient client) throws RegistryException {
    assertThat(client.resolve(Reference.tagged(registry.name, "v1")).digest())
        .isEqualTo(registry.root());
  }

  private RegistryException failure(RegistryClient client) {
    return catchThrowableOfType(
        RegistryException.class, () -> client.resolve(Reference.tagged(registry.name, "v1")));
  }

  @Test
  void anAnonymousTokenIsFetchedOnceAndUsedForAll() throws Exception {
    RegistryClient client = trusting(RegistryCredentials.anonymous());

    resolve(client);
    client.manifest(registry.name, registry.root());
    try (BlobStream in = client.blob(registry.name, registry.layer(), 0)) {
      assertThat(in.readAllBytes()).hasSize((int) registry.layer().size());
    }

    assertThat(tokens.asked)
        .containsExactly(
            new TokenEndpoint.Asked(
                "GET", "service=a%2C+b&scope=repository%3Ateam%2Fapp%3Apull", ""));
    assertThat(registry.server.requests().getFirst().authorization()).isEmpty();
    assertThat(registry.server.requests().subList(1, 4))
        .allSatisfy(r -> assertThat(r.authorization()).isEqualTo("Bearer token-1"));
  }

  @Test
  void theTokenServerGetsThePasswordAndTheRegistryDoesNot() throws Exception {
    resolve(trusting(USER));

    assertThat(tokens.asked.getFirst().authorization()).isEqualTo(BASIC);
    assertThat(registry.server.requests())
        .noneSatisfy(r -> assertThat(r.authorization()).startsWith("Basic"));
  }

  @Test
  void aTokenIsRenewedBeforeItExpires() throws Exception {
    RegistryClient client = trusting(RegistryCredentials.anonymous());
    resolve(client);

    registry.clock.advance(Duration.ofSeconds(289));
    resolve(client);
    assertThat(tokens.asked).hasSize(1);
    registry.clock.advance(Duration.ofSeconds(1));
    resolve(client);

    assertThat(tokens.asked).hasSize(2);
  }

  @Test
  void aTokenThatAnotherThreadRenewedMeanwhileIsUsed() throws Exception {
    AtomicReference<RegistryClient> client = new AtomicReference<>();
    AtomicBoolean looking = new AtomicBoolean();
    InstantSource meanwhile =
        () -> {
          if (looking.getAndSet(false)) {
            assertThatCode(() -> resolve(client.get())).doesNotThrowAnyException();
          }
          return registry.clock.instant();
        };
    client.set(
        new RegistryClient(
            Registries.of(registry.config().withTrustedHost(tokens.authority())),
            registry
                .settings()
                .withTime(
                    meanwhile.withZone(ZoneOffset.UTC), new SplitMix(1), registry.pauses::add)));
    resolve(client.get());
    registry.clock.advance(Duration.ofMinutes(5));

    looking.set(true);
    resolve(client.get());

    assertThat(looking).isFalse();
    assertThat(tokens.asked).hasSize(2);
  }

  @Test
  void aTokenThatIsRefusedIsReplacedOnce() throws Exception {
    RegistryClient client = trusting(RegistryCredentials.anonymous());
    resolve(client);

    tokens.revoke();
    resolve(client);

    assertThat(tokens.asked).hasSize(2);
  }

  @Test
  void aTokenThatNeverDoesIsAFailureOfTheLogin() {
    tokens.answer = "{\"access_token\":\"other\"}";

    RegistryException failure =
        catchThrowableOfType(
            RegistryException.class, () -> trusting(USER).manifest(registry.name, registry.root()));

    assertThat(failure.kind()).isEqualTo(Kind.UNAUTHORIZED);
    assertThat(failure.transientFailure()).isTrue();
    assertThat(failure.codes()).containsExactly("UNAUTHORIZED");
    assertThat(failure.status()).hasValue(401);
  }

  @Test
  void manyThreadsAskForOneToken() throws Exception {
    RegistryClient client = trusting(RegistryCredentials.anonymous());

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers =
          IntStream.range(0, 20)
              .mapToObj(
                  i -> threads.submit(() -> client.resolve(Reference.tagged(registry.name, "v1"))))
              .toList();
      for (var answer : answers) {
        assertThat(answer.get().digest()).isEqualTo(registry.root());
      }
    }
    assertThat(tokens.asked).hasSize(1);
  }

  @Test
  void aServerThatKnowsTheOauthFormAloneIsAskedSo() throws Exception {
    tokens.postOnly = true;

    resolve(trusting(USER));

    assertThat(tokens.asked).extracting(TokenEndpoint.Asked::method).containsExactly("GET", "POST");
    assertThat(tokens.asked.getLast().query())
        .isEqualTo(
            "service=a%2C+b&scope=repository%3Ateam%2Fapp%3Apull&grant_type=password"
                + "&client_id=longshore&username=user&password=s3cret%3Aword");
  }

  @Test
  void aTokenServerElsewhereGetsNothingUnlessItIsTrusted() {
    RegistryException failure = failure(registry.client(USER));

    assertThat(tokens.asked).isEmpty();
    assertThat(failure.kind()).isEqualTo(Kind.UNSUPPORTED);
    assertThat(failure).hasMessageContaining("trusted host").hasMessageContaining("/token");
  }

  @Test
  void aRefusedPasswordIsNowhereInTheMessage() {
    tokens.status = 401;
    tokens.answer =
        "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"no login with s3cret:word or %s\"}]}"
            .formatted(BASIC);

    RegistryException failure = failure(trusting(USER));

    assertThat(failure.kind()).isEqualTo(Kind.UNAUTHORIZED);
    assertThat(failure.toString()).contains("DENIED").contains("***");
    for (String secret : List.of("s3cret", "dXNlcjpzM2NyZXQ6d29yZA")) {
      assertThat(failure.toString()).doesNotContain(secret);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "not json",
        "{}",
        "[]",
        "{\"token\":\"\"}",
        "{\"token\":\"a\\r\\nX-Evil: 1\"}",
        "{\"token\":{}}",
        "{\"token\":\"\u00e4\"}"
      })
  void aTokenServerThatAnswersNonsenseIsAPassingFailure(String answer) {
    tokens.answer = answer;

    RegistryException failure = failure(trusting(USER));

    assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
    assertThat(failure).hasMessageContaining("token");
  }

  @Test
  void basicLoginIsSentOnlyAfterItWasAskedFor() throws Exception {
    try (var basic = basicRegistry()) {
      RegistryClient client = basic.client(USER);

      client.resolve(Reference.tagged(basic.name, "v1"));
      client.manifest(basic.name, basic.root());

      assertThat(basic.server.requests())
          .extracting(r -> r.authorization())
          .containsExactly("", BASIC, BASIC);
    }
  }

  @Test
  void aWrongOrMissingPasswordIsAFailureOfTheLogin() throws Exception {
    try (var basic = basicRegistry()) {
      for (RegistryCredentials login :
          List.of(
              RegistryCredentials.anonymous(),
              new RegistryCredentials.Basic("user", "hunter2"),
              new RegistryCredentials.Token("hunter2"))) {
        RegistryException failure =
            catchThrowableOfType(
                RegistryException.class,
                () -> basic.client(login).resolve(Reference.tagged(basic.name, "v1")));

        assertThat(failure.kind()).isEqualTo(Kind.UNAUTHORIZED);
        assertThat(failure).hasMessageContaining("credentials");
        assertThat(failure.toString()).doesNotContain("hunter2");
      }
      assertThat(basic.pauses).isEmpty();
    }
  }

  @Test
  void aConfiguredTokenIsSentAsItIs() throws Exception {
    HttpRegistryOptions.Login rule =
        header ->
            header.equals("Bearer mine") ? Optional.empty() : Optional.of("Basic realm=\"x\"");
    try (var fixture = new ClientFixture(HttpRegistryOptions.plain().withLogin(rule))) {
      fixture
          .client(new RegistryCredentials.Token("mine"))
          .resolve(Reference.tagged(fixture.name, "v1"));

      assertThat(fixture.server.requests()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Negotiate", "Digest realm=\"x\"", "", "Bearer", "Bearer realm=\"::\""})
  void aLoginOfAnotherKindSaysSo(String challenge) throws Exception {
    HttpRegistryOptions.Login rule = header -> Optional.of(challenge);
    try (var fixture = new ClientFixture(HttpRegistryOptions.plain().withLogin(rule))) {
      RegistryException failure =
          catchThrowableOfType(
              RegistryException.class,
              () -> fixture.client(USER).resolve(Reference.tagged(fixture.name, "v1")));

      assertThat(failure.kind()).isIn(Kind.UNAUTHORIZED, Kind.UNSUPPORTED, Kind.TRANSIENT);
    }
  }

  @Test
  void credentialsDoNotShowThemselves() {
    assertThat(registry.config().withCredentials(USER).toString()).doesNotContain("s3cret");
    assertThat(new RegistryCredentials.Token("hunter2")).asString().doesNotContain("hunter2");
    assertThat(Token.lasting("hunter2", Duration.ofSeconds(60), registry.clock.instant()))
        .asString()
        .doesNotContain("hunter2");
  }

  private static ClientFixture basicRegistry() throws Exception {
    HttpRegistryOptions.Login rule =
        header -> header.equals(BASIC) ? Optional.empty() : Optional.of("Basic realm=\"x\"");
    return new ClientFixture(HttpRegistryOptions.plain().withLogin(rule));
  }
}
