package dev.longshore.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.model.Reference;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.testing.HttpRegistryOptions;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A login that somebody else hands out, and what the client does when it is refused. */
final class RenewedLoginTest {
  private ClientFixture registry;
  private volatile String right = "new";

  /** Hands out the next one after a refusal. */
  private static final class HandedOut implements Login {
    private volatile RegistryCredentials now;
    private final RegistryCredentials next;
    private int refusals;

    HandedOut(RegistryCredentials now, RegistryCredentials next) {
      this.now = now;
      this.next = next;
    }

    @Override
    public RegistryCredentials current(Attempt attempt) {
      return now;
    }

    @Override
    public void refused(RegistryCredentials credentials) {
      refusals++;
      now = next;
    }
  }

  private static RegistryCredentials token(String value) {
    return new RegistryCredentials.Token(value);
  }

  @BeforeEach
  void start() throws Exception {
    registry =
        new ClientFixture(
            HttpRegistryOptions.plain()
                .withLogin(
                    shown ->
                        shown.equals("Bearer " + right)
                            ? Optional.empty()
                            : Optional.of("Basic realm=\"x\"")));
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private RegistryClient client(Login login) {
    return registry.client(registry.config().withLogin(login));
  }

  @Test
  void aRefusedOneIsAskedForAnewOnce() throws Exception {
    var login = new HandedOut(token("old"), token("new"));

    var found = client(login).resolve(Reference.tagged(registry.name, "v1"));

    assertThat(found.digest()).isEqualTo(registry.root());
    assertThat(login.refusals).isEqualTo(1);
    assertThat(registry.server.requests()).hasSize(2);
  }

  @Test
  void oneThatIsRefusedAgainDoesNotLoop() {
    var login = new HandedOut(token("old"), token("wrong, too"));

    RegistryException failure = failure(client(login));

    assertThat(failure.kind()).isEqualTo(Kind.UNAUTHORIZED);
    assertThat(failure).hasMessageNotContaining("wrong, too");
    assertThat(login.refusals).isEqualTo(1);
    assertThat(registry.server.requests()).hasSize(2);
  }

  @Test
  void theSameOneIsNotShownAgain() {
    var login = new HandedOut(token("old"), token("old"));

    assertThat(failure(client(login)).kind()).isEqualTo(Kind.UNAUTHORIZED);
    assertThat(registry.server.requests()).hasSize(1);
  }

  @Test
  void withoutALoginNothingIsSent() {
    RegistryException failure =
        failure(
            client(
                attempt -> {
                  throw attempt.failed(Kind.UNAUTHORIZED, "docker-credential-x: exit code 1");
                }));

    assertThat(failure).hasMessageContaining("docker-credential-x: exit code 1");
    assertThat(registry.server.requests()).isEmpty();
  }

  private RegistryException failure(RegistryClient client) {
    return catchThrowableOfType(
        RegistryException.class, () -> client.resolve(Reference.tagged(registry.name, "v1")));
  }

  @Test
  void anIdentityTokenGoesToTheTokenServerAlone() throws Exception {
    try (var tokens = new TokenEndpoint();
        var guarded = new ClientFixture(HttpRegistryOptions.plain().withLogin(tokens::challenge))) {
      guarded
          .client(
              guarded
                  .config()
                  .withTrustedHost(tokens.authority())
                  .withCredentials(new RegistryCredentials.IdentityToken("refresh")))
          .resolve(Reference.tagged(guarded.name, "v1"));

      assertThat(tokens.asked)
          .singleElement()
          .satisfies(
              asked -> {
                assertThat(asked.method()).isEqualTo("POST");
                assertThat(asked.authorization()).isEmpty();
                assertThat(asked.query())
                    .contains("grant_type=refresh_token", "refresh_token=refresh", "service=a");
              });
      assertThat(guarded.server.requests())
          .noneSatisfy(r -> assertThat(r.authorization()).contains("refresh"));
    }
  }
}
