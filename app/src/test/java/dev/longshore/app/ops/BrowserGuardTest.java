package dev.longshore.app.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.runtime.edge.access.CredentialSettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.runtime.edge.http.HttpFailure;
import dev.longshore.settings.Secret;
import dev.longshore.settings.value.Listen;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrowserGuardTest {
  private static final Listen LISTEN = new Listen("127.0.0.1", 5080);
  private final BrowserGuard open =
      new BrowserGuard(ListenerSettings.open(LISTEN), List.of("ops.example"));

  private static Function<String, List<String>> headers(String... pairs) {
    Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (int i = 0; i < pairs.length; i += 2) {
      all.put(pairs[i], pairs[i + 1]);
    }
    return name -> all.containsKey(name) ? List.of(all.get(name)) : List.of();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:5080",
        "LOCALHOST",
        "127.0.0.1:5080",
        "[::1]:5080",
        "10.0.0.7:9",
        "ops.example:443"
      })
  void anOpenPageAnswersUnderItsOwnNamesAndAddresses(String host) {
    assertThatCode(() -> open.requireHost(headers("Host", host))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example:5080", // leads to 127.0.0.1 by its own name server
        "localhost.evil.example",
        "127.0.0.1.evil.example:5080",
        "ops.example.evil",
        ""
      })
  void anOpenPageAnswersUnderNoNameOfAStranger(String host) {
    HttpFailure refused =
        catchThrowableOfType(HttpFailure.class, () -> open.requireHost(headers("Host", host)));
    assertThat(refused.status()).isEqualTo(421);
  }

  @Test
  void aPageThatAsksForCredentialsAnswersUnderAnyName() {
    BrowserGuard asking =
        new BrowserGuard(
            ListenerSettings.asking(
                LISTEN, new CredentialSettings(null, null, new Secret("x".repeat(40)))),
            List.of());
    assertThatCode(() -> asking.requireHost(headers("Host", "ops.elsewhere.example")))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "same-origin,, true",
    "same-site,, false",
    "cross-site,, false",
    "none,, false",
    ", http://localhost:5080, true",
    ", http://localhost:5081, false",
    ", https://localhost:5080, false",
    ", http://evil.example, false",
    ", null, false",
    ",, true"
  })
  void aChangeComesFromThePageItselfOrFromAProgram(String site, String origin, boolean allowed) {
    Map<String, List<String>> sent = new HashMap<>();
    sent.put("Host", List.of("localhost:5080"));
    sent.put("Content-Type", List.of("application/json"));
    if (site != null) {
      sent.put("Sec-Fetch-Site", List.of(site));
    }
    if (origin != null) {
      sent.put("Origin", List.of(origin));
    }
    HttpFailure refused =
        catchThrowableOfType(
            HttpFailure.class,
            () -> open.requireOwnChange(name -> sent.getOrDefault(name, List.of())));
    assertThat(refused == null).isEqualTo(allowed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "text/plain", "application/x-www-form-urlencoded", "application/jsonx"})
  void whatAFormCanSendIsNoChange(String type) {
    HttpFailure refused =
        catchThrowableOfType(
            HttpFailure.class,
            () ->
                open.requireOwnChange(
                    headers(
                        "Host", "localhost:5080",
                        "Sec-Fetch-Site", "same-origin",
                        "Content-Type", type)));
    assertThat(refused.status()).isEqualTo(415);
  }

  @Test
  void aHeaderThatIsThereTwiceIsRefused() {
    HttpFailure refused =
        catchThrowableOfType(
            HttpFailure.class, () -> open.requireOwn(_ -> List.of("same-origin", "same-origin")));
    assertThat(refused.status()).isEqualTo(400);
  }
}
