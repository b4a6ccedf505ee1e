package dev.longshore.resolver.site.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.SiteName;
import dev.longshore.sites.JoinRequest;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentProxiesTest {
  private static Proxy.Type chosen(Map<String, String> environment, String address) {
    return new EnvironmentProxies(environment).select(URI.create(address)).getFirst().type();
  }

  @Test
  void namesTheProxyButNotForHostsThatItIsNotFor() {
    var environment =
        Map.of("HTTPS_PROXY", "http://proxy:3128", "NO_PROXY", "inside.example, .local");

    assertThat(chosen(environment, "https://hub.example.com")).isEqualTo(Proxy.Type.HTTP);
    assertThat(chosen(environment, "https://hub.inside.example")).isEqualTo(Proxy.Type.DIRECT);
    assertThat(chosen(environment, "https://hub.local")).isEqualTo(Proxy.Type.DIRECT);
    assertThat(chosen(environment, "http://127.0.0.1:1")).isEqualTo(Proxy.Type.DIRECT);
    assertThat(chosen(Map.of("https_proxy", "proxy:3128"), "https://hub"))
        .isEqualTo(Proxy.Type.HTTP);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fd00::1", "[fd00::1]"})
  void anIpv6AddressIsNamedWithBracketsOrWithout(String named) {
    var environment = Map.of("HTTPS_PROXY", "http://proxy:3128", "NO_PROXY", named);

    assertThat(chosen(environment, "https://[fd00::1]:8443")).isEqualTo(Proxy.Type.DIRECT);
    assertThat(chosen(environment, "https://[fd00::2]:8443")).isEqualTo(Proxy.Type.HTTP);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://me:secret@proxy:3128", "http://me:a secret@proxy:3128"})
  void neverShowsALoginOfTheProxy(String proxy) {
    assertThatThrownBy(() -> new EnvironmentProxies(Map.of("HTTPS_PROXY", proxy)))
        .hasMessageContaining("HTTPS_PROXY")
        .hasMessageNotContaining("secret");
  }

  @Test
  void aRequestAsksTheProxyForATunnel() throws Exception {
    try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      FutureTask<String> asked =
          new FutureTask<>(
              () -> {
                try (Socket socket = proxy.accept()) {
                  String line =
                      new BufferedReader(
                              new InputStreamReader(
                                  socket.getInputStream(), StandardCharsets.US_ASCII))
                          .readLine();
                  socket
                      .getOutputStream()
                      .write("HTTP/1.1 403 no\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                  return line;
                }
              });
      Thread.ofVirtual().start(asked);
      String named = "http://127.0.0.1:" + proxy.getLocalPort();
      try (HubClient client =
          new HubClient(
              URI.create("https://hub.invalid"),
              new SiteName("shop"),
              null,
              new EnvironmentProxies(Map.of("HTTPS_PROXY", named)),
              _ -> {})) {
        assertThatThrownBy(() -> client.join("secret", new JoinRequest("main", "test"), null))
            .isInstanceOf(HubException.class)
            .hasMessageNotContaining("secret");
      }
      assertThat(asked.get(20, TimeUnit.SECONDS)).startsWith("CONNECT hub.invalid:443 ");
    }
  }
}
