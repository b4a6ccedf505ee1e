package dev.longshore.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.RegistryHost;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HostRuleTest {
  private static final Attempt ATTEMPT = new Attempt("GET token", "x");

  private static RegistryConfig config(String endpoint) {
    return RegistryConfig.of(new RegistryHost("registry.example"))
        .withEndpoint(URI.create(endpoint));
  }

  @ParameterizedTest
  @CsvSource({
    "https://registry-1.docker.io, https://auth.docker.io/token",
    "https://registry.gitlab.com, https://gitlab.com/jwt/auth",
    "https://ghcr.io, https://ghcr.io/token",
    "https://quay.io:443, https://quay.io/v2/auth",
    "https://registry.corp.example:5000, https://registry.corp.example:5001/auth",
    "https://r.example.co.uk, https://auth.example.co.uk/t",
    "https://10.0.0.5:5000, https://10.0.0.5:5000/auth",
    "http://localhost:5000, http://localhost:5000/token",
    "http://registry.lan, http://registry.lan/token",
    "http://registry.lan, https://auth.registry.lan/token",
    "https://me.azurecr.io, https://me.azurecr.io/oauth2/token"
  })
  void tokenServersOfTheSameDomainGetThePassword(String registry, String realm) {
    assertThatCode(() -> HostRule.checkRealm(config(registry), URI.create(realm), ATTEMPT))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "https://registry-1.docker.io, https://auth.docker.io.evil.com/token",
    "https://registry-1.docker.io, https://evildocker.io/token",
    "https://registry-1.docker.io, http://auth.docker.io/token",
    "https://registry-1.docker.io, https://auth.docker.io:8443/token",
    "https://registry-1.docker.io, https://127.0.0.1/token",
    "https://registry-1.docker.io, https://localhost/token",
    "https://registry-1.docker.io, https://user@auth.docker.io/token",
    "https://registry-1.docker.io, ftp://auth.docker.io/token",
    "https://registry-1.docker.io, file:///etc/passwd",
    "https://r.example.co.uk, https://evil.co.uk/t",
    "https://me.azurecr.io, https://evil.azurecr.io/oauth2/token",
    "https://123.dkr.ecr.eu-west-1.amazonaws.com, https://evil.s3.amazonaws.com/t",
    "https://10.0.0.5:5000, https://10.0.0.5:6379/auth",
    "https://10.0.0.5:5000, https://10.0.0.6:5000/auth",
    "http://localhost:5000, http://localhost:5001/token",
    "http://127.0.0.1:5000, http://localhost:5000/token",
    "http://registry.lan, http://[::1]/token",
    "https://a, https://b"
  })
  void tokenServersElsewhereDoNot(String registry, String realm) {
    assertThatThrownBy(() -> HostRule.checkRealm(config(registry), URI.create(realm), ATTEMPT))
        .isInstanceOf(RegistryException.class);
  }

  @ParameterizedTest
  @CsvSource({"auth.other.example", "auth.other.example:443"})
  void aTrustedHostGetsThePassword(String trusted) {
    RegistryConfig config = config("https://r.example").withTrustedHost(trusted);

    assertThatCode(
            () -> HostRule.checkRealm(config, URI.create("https://auth.other.example/t"), ATTEMPT))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "https://r.example, https://cdn.other.example/blob?sig=x",
    "https://r.example, https://8.8.8.8/blob",
    "http://r.example, http://cdn.example/blob",
    "http://localhost:5000, http://localhost:9000/bucket",
    "http://10.0.0.5:5000, http://10.0.0.5:9000/bucket"
  })
  void redirectsToPlainAddressesAreFollowed(String from, String to) {
    assertThatCode(
            () -> HostRule.checkRedirect(config(from), URI.create(from), URI.create(to), ATTEMPT))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "https://r.example, http://cdn.other.example/blob",
    "https://r.example, ftp://cdn.example/x",
    "https://r.example, https://u:p@cdn.example/x"
  })
  void redirectsToAnythingElseAreNot(String from, String to) {
    assertThatThrownBy(
            () -> HostRule.checkRedirect(config(from), URI.create(from), URI.create(to), ATTEMPT))
        .isInstanceOf(RegistryException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "docker.io, docker.io", "auth.docker.io, docker.io", "a.b.c.example.com, example.com",
    "x.example.co.uk, example.co.uk", "example.co.uk, example.co.uk", "co.uk, co.uk",
    "x.example.com.au, example.com.au", "registry.k8s.io, k8s.io", "me.github.io, me.github.io",
    "localhost, localhost", "a.t.co, t.co"
  })
  void aRegistrableDomainIsWhatOneOwnerHas(String host, String domain) {
    assertThat(RegistrableDomain.of(host)).isEqualTo(domain);
  }
}
