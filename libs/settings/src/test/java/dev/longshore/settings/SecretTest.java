package dev.longshore.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretTest {
  private static final String PEER = "peers: [{name: a}]";

  @TempDir Path folder;
  private ConfigText config;

  @BeforeEach
  void setUp() {
    config = new ConfigText(folder);
  }

  private Secret authorization(ConfigSources sources) throws ConfigException {
    return new ConfigLoader<>(Program.class)
        .load(sources)
        .settings()
        .peers()
        .getFirst()
        .authorization();
  }

  @Test
  void isNeverShown() {
    assertThat(new Program.Login("me", new Secret("hunter2")))
        .hasToString("Login[username=me, token=***]");
  }

  @Test
  void isTheSameIfItComesFromTheSamePlace() throws Exception {
    assertThat(new Secret("a")).isEqualTo(new Secret("a")).isNotEqualTo(new Secret("b"));
    Path file = Files.writeString(folder.resolve("one"), "a");
    Secret before = Secret.of(file);
    int hash = before.hashCode();
    assertThat(before).isNotEqualTo(new Secret("a"));
    assertThat(before).isNotEqualTo(Secret.of(Files.writeString(folder.resolve("another"), "a")));

    Files.writeString(file, "another one");
    before.look();
    assertThat(before).hasSameHashCodeAs(Secret.of(file)).isEqualTo(Secret.of(file));
    assertThat(before.hashCode()).isEqualTo(hash);
  }

  @Test
  void comparesInFull() {
    assertThat(new Secret("abc").matches("abc")).isTrue();
    assertThat(new Secret("abc").matches("ab")).isFalse();
  }

  @Test
  void aFileIsFoundFromTheFolderOfTheFileThatNamesIt() throws ConfigException {
    config.write("key", "hunter2\n");
    String yaml = PEER.replace("}", ", authorization-file: key}");
    assertThat(authorization(config.yaml(yaml)).reveal()).isEqualTo("hunter2");
  }

  @Test
  void aVariableMayHoldTheSecretOrThePathOfItsFile() throws ConfigException {
    config.write("key", "from file");
    assertThat(
            authorization(
                config.yaml(PEER, Map.of("LONGSHORE_PEERS_A_AUTHORIZATION", "from variable"))))
        .isEqualTo(new Secret("from variable"));
    assertThat(
            authorization(
                config.yaml(
                    PEER,
                    Map.of(
                        "LONGSHORE_PEERS_A_AUTHORIZATION_FILE", folder.resolve("key").toString()))))
        .extracting(Secret::reveal)
        .isEqualTo("from file");
  }

  @Test
  void everySecretIsKnownSoThatItCanBeKeptOutOfTheLog() throws ConfigException {
    config.write("key", "hunter2");
    Loaded<Program> loaded =
        new ConfigLoader<>(Program.class)
            .load(
                config.yaml(
                    PEER.replace("}", ", authorization-file: key}"),
                    Map.of("LONGSHORE_HEALTH_CREDENTIALS_TOKEN", "t0ken")));
    assertThat(loaded.secrets())
        .extracting(Secret::reveal)
        .containsExactlyInAnyOrder("hunter2", "t0ken");
  }

  @Test
  void aSecretIsWhatItsFileHoldsNow() throws ConfigException {
    config.write("key", "hunter2\n");
    Secret secret = authorization(config.yaml(PEER.replace("}", ", authorization-file: key}")));

    config.write("key", "hunter33\n");
    secret.look();
    assertThat(secret.reveal()).isEqualTo("hunter33");
    assertThat(secret.matches("hunter2")).isFalse();

    config.write("key", "two\nlines\n");
    secret.look();
    assertThat(secret.reveal()).isEqualTo("hunter33");
  }

  @Test
  void aSecretInTheFileOrInAFlagIsRefusedWithoutRepeatingIt() {
    List<String> problems =
        config.problems(
            Program.class,
            config.yaml(
                PEER.replace("}", ", authorization: hunter2}"),
                Map.of(),
                "peers.a.authorization=hunter2"));
    assertThat(problems)
        .containsExactly(
            "longshore.yaml:1: peers[0].authorization: is a secret; write it into a file and name"
                + " that as authorization-file",
            "--set peers.a.authorization: is a secret, and others can see flags; write it into a"
                + " file and name that with --set ...authorization-file");
  }

  @Test
  void aFileThatHoldsNoSecretIsRefusedWithoutRepeatingIt() {
    config.write("empty", "\n");
    config.write("lines", "hunter2\nhunter3\n");
    config.write("long", "x".repeat(SecretReader.LONGEST + 1));
    for (Map.Entry<String, String> fault :
        Map.of(
                "empty", "empty is empty",
                "lines", "lines has more than one line",
                "long", "long is longer than 65536 bytes",
                "absent", "there is no file absent",
                ".", ". is not readable as a file")
            .entrySet()) {
      String yaml = PEER.replace("}", ", authorization-file: " + fault.getKey() + "}");
      assertThat(config.problems(Program.class, config.yaml(yaml)))
          .singleElement()
          .asString()
          .startsWith("longshore.yaml:1: peers[0].authorization-file: ")
          .doesNotContain("hunter");
      if (!fault.getKey().equals(".")) {
        assertThat(config.problems(Program.class, config.yaml(yaml)).getFirst())
            .endsWith(fault.getValue());
      }
    }
  }
}
