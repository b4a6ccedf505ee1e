package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.longshore.ipfs.kubo.RpcCredential;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import dev.longshore.settings.Secret;
import dev.longshore.settings.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A login towards a node follows its file, as long as that holds one. */
@Timeout(60)
class NodeLoginTest {
  record File(@Setting(doc = "a secret") Secret authorization) {}

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("authorization");
  }

  private NodeLogin login(String content) throws Exception {
    Files.writeString(file, content);
    Path config = Files.writeString(folder.resolve("c.yaml"), "authorization-file: " + file);
    Secret secret =
        new ConfigLoader<>(File.class)
            .load(new ConfigSources(config, Map.of(), List.of()))
            .settings()
            .authorization();
    return new NodeLogin("peer-1", secret);
  }

  @Test
  void everyFormOfKuboIsRead() throws Exception {
    assertThat(login("t0ken").get()).isEqualTo(new RpcCredential.Bearer("t0ken"));
    assertThat(login("bearer:t0ken").get()).isEqualTo(new RpcCredential.Bearer("t0ken"));
    assertThat(login("basic:me:p:w").get()).isEqualTo(new RpcCredential.Basic("me", "p:w"));
    assertThat(new NodeLogin("peer-1", null).get()).isEqualTo(new RpcCredential.None());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> login("basic:me"))
        .withMessageContaining("expected: basic:USER:PASSWORD");
  }

  @Test
  void itFollowsTheFileAndStaysWhereThatHoldsNoLogin() throws Exception {
    NodeLogin login = login("first");

    Files.writeString(file, "bearer:second one");
    assertThat(login.get()).isEqualTo(new RpcCredential.Bearer("first"));
    Files.writeString(file, "third");

    Eventually.await("the third", () -> login.get().equals(new RpcCredential.Bearer("third")));
  }
}
