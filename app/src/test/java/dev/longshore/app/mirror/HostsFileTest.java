package dev.longshore.app.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What containerd reads in a registry's folder. */
class HostsFileTest {
  private static final String CERTS = "/etc/containerd/certs.d/";

  @TempDir Path folder;
  private Machine machine;

  @BeforeEach
  void setUp() throws Exception {
    machine = new Machine(folder);
    machine.write(
        ContainerdConfig.FILE,
        "version = 2\nplugins.\"io.containerd.grpc.v1.cri\".registry.config_path = \"%s\"\n"
            .formatted(ContainerdConfig.CERTS));
  }

  private String applied(String registry) throws Exception {
    machine.apply(ContainerRuntime.CONTAINERD, Machine.spec(registry));
    String name = registry.replaceAll("=.*", "");
    return machine.text(CERTS + name + "/hosts.toml");
  }

  @Test
  void asksTheResolverItsNeighbourAndLastTheRegistryItself() throws Exception {
    Files.writeString(folder.resolve("login"), "t0ken\n");
    Files.writeString(folder.resolve("ca.pem"), "-----BEGIN CERTIFICATE-----\n");
    machine.apply(
        ContainerRuntime.CONTAINERD,
        Machine.spec(
            Optional.of("/ca.pem"),
            Optional.of(ResolverLogin.of(folder.resolve("login"))),
            "docker.io"));

    assertThat(machine.text(CERTS + "docker.io/hosts.toml"))
        .isEqualTo(
            """
            # Written by Longshore: 'longshore mirror remove --runtime containerd' takes it back.
            server = "https://registry-1.docker.io"

            [host."http://127.0.0.1:5050"]
              capabilities = ["pull", "resolve"]
              dial_timeout = "1000ms"
              [host."http://127.0.0.1:5050".header]
                Authorization = ["Bearer t0ken"]

            [host."https://10.0.0.8:5050"]
              capabilities = ["pull", "resolve"]
              dial_timeout = "1000ms"
              ca = "/ca.pem"
              [host."https://10.0.0.8:5050".header]
                Authorization = ["Bearer t0ken"]
            """);
  }

  @ParameterizedTest
  @CsvSource({
    "ghcr.io, server = \"https://ghcr.io\"",
    "10.0.0.7:5000=http://10.0.0.7:5000, server = \"http://10.0.0.7:5000\"",
  })
  void namesTheRegistrysOwnAddress(String registry, String line) throws Exception {
    assertThat(applied(registry)).contains(line);
  }

  @ParameterizedTest
  @ValueSource(strings = {"_default", "localhost:5000"})
  void leavesTheAddressToContainerdWhereItKnowsBetter(String registry) throws Exception {
    assertThat(applied(registry)).doesNotContain("server");
  }

  @Test
  void takesTheFolderThatContainerdTakes() throws Exception {
    Files.createDirectories(machine.at(CERTS + "10.0.0.7_5000_"));

    machine.apply(ContainerRuntime.CONTAINERD, Machine.spec("10.0.0.7:5000"));

    assertThat(machine.at(CERTS + "10.0.0.7_5000_/hosts.toml")).exists();
    assertThat(machine.at(CERTS + "10.0.0.7:5000")).doesNotExist();
  }

  @Test
  void certificatesThatStoodForThemselvesStillCount() throws Exception {
    for (String name : new String[] {"b.crt", "a.crt", "c.cert", "c.key", "d.cert"}) {
      machine.write(CERTS + "ghcr.io/" + name, "");
    }

    assertThat(applied("ghcr.io"))
        .contains("ca = [\"a.crt\", \"b.crt\"]\nclient = [[\"c.cert\", \"c.key\"]]\n\n[host.");
  }

  @Test
  void somebodysFileKeepsAllThatItSaysBehindOurHosts() throws Exception {
    String above =
        """
        server = "https://ghcr.io" # theirs
        client = [
          ["a.cert", "a.key"],
        ]
        """;
    String below =
        """
        [host."https://cache.example.com"]  # the hall
          capabilities = ["pull"]
        """;
    machine.write(CERTS + "ghcr.io/hosts.toml", above + "\n" + below);

    String merged = applied("ghcr.io");

    assertThat(merged)
        .startsWith("# Longshore's hosts come first: 'longshore mirror remove")
        .contains(above)
        .endsWith("\n" + below);
    assertThat(merged.indexOf("[host.\"http://127.0.0.1:5050\"]"))
        .isBetween(merged.indexOf("client"), merged.indexOf("[host.\"https://cache"));
  }

  @Test
  void aFileThatNamesTheHostsAlreadyStaysAsItIs() throws Exception {
    String theirs = "[host.\"http://127.0.0.1:5050\"]\n[host.\"https://10.0.0.8:5050\"]\n";
    machine.write(CERTS + "ghcr.io/hosts.toml", theirs);

    Mirrors.Done done =
        machine.mirrors(ContainerRuntime.CONTAINERD).apply(Machine.spec("ghcr.io"), false, false);

    assertThat(done.changes()).isEmpty();
    assertThat(done.notes()).anyMatch(note -> note.contains("names these hosts already"));
    assertThat(machine.text(CERTS + "ghcr.io/hosts.toml")).isEqualTo(theirs);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "server = \n",
        "[host.\"http://127.0.0.1:5050\"]\n",
        "host = {\"https://cache.example.com\" = {capabilities = [\"pull\"]}}\n"
      })
  void aFileThatCannotBeAddedToIsLeftAlone(String theirs) throws Exception {
    machine.write(CERTS + "ghcr.io/hosts.toml", theirs);
    var before = machine.all();

    assertThatThrownBy(() -> machine.apply(ContainerRuntime.CONTAINERD, Machine.spec("ghcr.io")))
        .isInstanceOf(MirrorException.class)
        .hasMessageContaining("nothing was changed");
    assertThat(machine.all()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://u:p@127.0.0.1:5050",
        "http://127.0.0.1:5050/v2",
        "ftp://127.0.0.1",
        "127.0.0.1:5050"
      })
  void aResolverIsAnAddressAlone(String resolver) {
    assertThatThrownBy(() -> spec(resolver, Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("u:p");
  }

  @Test
  void noCredentialGoesOverTheLineInPlainText() throws Exception {
    Files.writeString(folder.resolve("login"), "t0ken");
    Optional<ResolverLogin> login = Optional.of(ResolverLogin.of(folder.resolve("login")));

    assertThatThrownBy(() -> spec("http://10.0.0.9:5050", login))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("plain text");
    assertThat(spec("http://127.0.0.1:5050", login).login()).isPresent();
  }

  private static MirrorSpec spec(String resolver, Optional<ResolverLogin> login) {
    return new MirrorSpec(
        java.net.URI.create(resolver),
        java.util.List.of(),
        java.util.List.of(MirroredRegistry.parse("docker.io")),
        Optional.empty(),
        login,
        java.time.Duration.ofSeconds(1));
  }
}
