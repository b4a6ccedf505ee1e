package dev.longshore.runtime.kafka.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.TextOutputCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FollowedPasswordTest {
  private static final String MODULE = "org.apache.kafka.common.security.scram.ScramLoginModule";
  @TempDir Path folder;
  private Path file;
  private final FollowedPassword handler = new FollowedPassword();

  @BeforeEach
  void write() throws Exception {
    file = folder.resolve("client.properties");
    login("us", "first-word");
  }

  private void login(String user, String password) throws IOException {
    properties(
        "sasl.jaas.config=%s required username=\"%s\" password=\"%s\";"
            .formatted(MODULE, user, password));
  }

  private void properties(String line) throws IOException {
    Files.writeString(file, "security.protocol=SASL_SSL\n" + line + "\n");
  }

  private void configure() {
    handler.configure(
        Map.of(FollowedFiles.CLIENT_PROPERTIES, file.toString()), "SCRAM-SHA-512", List.of());
  }

  private String shown() throws UnsupportedCallbackException {
    NameCallback name = new NameCallback("name");
    PasswordCallback password = new PasswordCallback("password", false);
    handler.handle(new Callback[] {name});
    handler.handle(new Callback[] {password});
    return name.getName() + ":" + new String(password.getPassword());
  }

  @Test
  void theNextLoginShowsWhatTheFileHoldsByThen() throws Exception {
    configure();
    assertThat(shown()).isEqualTo("us:first-word");

    login("us", "another-word");
    assertThat(shown()).isEqualTo("us:another-word");

    login("them", "a-third-word-still");
    assertThat(shown()).isEqualTo("them:a-third-word-still");
  }

  @Test
  void whatWasReadBeforeStaysWhileTheFileCannotBeUsed() throws Exception {
    configure();
    for (String line :
        List.of(
            "",
            "sasl.jaas.config=half of it",
            "sasl.jaas.config=" + MODULE + " required username=\"us\";",
            "a=\\u12")) {
      properties(line);
      assertThat(shown()).as(line).isEqualTo("us:first-word");
    }
    Files.delete(file);
    assertThat(shown()).isEqualTo("us:first-word");
  }

  @Test
  void aLoginThatCannotBeReadAtTheStartIsRefusedWithoutRepeatingIt() throws Exception {
    properties("sasl.jaas.config=" + MODULE + " required password=\"hunter2\"");

    assertThatThrownBy(this::configure)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("sasl.jaas.config")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void whatKafkasOwnHandlerDoesNotKnowIsRefusedAsItWould() {
    configure();

    assertThatThrownBy(
            () ->
                handler.handle(
                    new Callback[] {new TextOutputCallback(TextOutputCallback.ERROR, "x")}))
        .isInstanceOf(UnsupportedCallbackException.class);
  }

  @Test
  void handlersAreAddedWhereNobodyHasChosenOthers() {
    Map<String, Object> settings = new HashMap<>();
    settings.put("security.protocol", "SASL_SSL");
    settings.put("sasl.mechanism", "SCRAM-SHA-512");
    settings.put("sasl.jaas.config", "a line");
    FollowedFiles.follow(settings, file);
    assertThat(settings)
        .containsEntry("ssl.engine.factory.class", FollowedCertificates.class)
        .containsEntry("sasl.client.callback.handler.class", FollowedPassword.class);

    Map<String, Object> chosen = new HashMap<>(settings);
    chosen.put("ssl.engine.factory.class", "of.the.User");
    chosen.put("sasl.client.callback.handler.class", "of.the.User");
    FollowedFiles.follow(chosen, file);
    assertThat(chosen)
        .containsEntry("ssl.engine.factory.class", "of.the.User")
        .containsEntry("sasl.client.callback.handler.class", "of.the.User");

    Map<String, Object> plain = new HashMap<>(Map.of("client.id", "x"));
    FollowedFiles.follow(plain, file);
    assertThat(plain).containsOnlyKeys("client.id");
  }
}
