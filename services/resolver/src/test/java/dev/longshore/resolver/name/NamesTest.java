package dev.longshore.resolver.name;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.Cid;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
  private static final String CID = "bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";
  private static final Names NONE = new Names(Optional.empty());
  private static final Names DEFAULTED = new Names(Optional.of(new RegistryHost("quay.test:8443")));

  @ParameterizedTest
  @CsvSource({
    "docker.io/library/alpine, docker.io/library/alpine",
    "docker.io/alpine, docker.io/library/alpine",
    "index.docker.io/alpine, docker.io/library/alpine",
    "localhost_5055/demo/app, localhost:5055/demo/app",
    "localhost/app, localhost/app",
    "registry_5000/app, registry:5000/app",
    "127.0.0.1_5055/app, 127.0.0.1:5055/app",
    "ghcr.io/a/b/c/d, ghcr.io/a/b/c/d",
    "containerd/node-1/k8s.io/docker.io/library/alpine,"
        + " containerd/node-1/k8s.io/docker.io/library/alpine",
    "harbor/library/app, harbor/library/app",
  })
  void qualifiedNameNamesItsRegistry(String path, String expected) {
    assertThat(NONE.place(path, Optional.empty())).isEqualTo(repository(expected));
  }

  @ParameterizedTest
  @CsvSource({
    "app, quay.test:8443/app",
    "team/app, quay.test:8443/team/app; team/team-is-a-host",
    "docker.io/alpine, docker.io/library/alpine; quay.test:8443/docker.io/alpine",
    "a.b/c, a.b/c; quay.test:8443/a.b/c",
  })
  void bareNameIsOneOfTheDefaultRegistryToo(String path, String expected) {
    String[] candidates = expected.replace("team/team-is-a-host", "team/app").split("; ");
    assertThat(DEFAULTED.place(path, Optional.empty())).isEqualTo(repository(candidates));
  }

  @ParameterizedTest
  @CsvSource({
    "alpine, docker.io, docker.io/library/alpine",
    "library/alpine, docker.io, docker.io/library/alpine",
    "demo/app, localhost:5055, localhost:5055/demo/app",
    "ipfs/kubo, docker.io, docker.io/ipfs/kubo",
  })
  void registryBesideThePathDecides(String path, String namespace, String expected) {
    assertThat(NONE.place(path, Optional.of(namespace))).isEqualTo(repository(expected));
    assertThat(DEFAULTED.place(path, Optional.of(namespace))).isEqualTo(repository(expected));
  }

  @Test
  void ipfsIsReservedForCids() {
    assertThat(NONE.place("ipfs/" + CID, Optional.empty()))
        .isEqualTo(new Place.Ipfs(Cid.parse(CID)));
    assertThat(DEFAULTED.place("ipfs/" + CID, Optional.empty()))
        .isEqualTo(new Place.Ipfs(Cid.parse(CID)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ipfs",
        "ipfs/",
        "ipfs/kubo",
        "ipfs/" + CID + "/more",
        "docker.io/",
        "docker.io//alpine",
        "docker.io/../etc/passwd",
        "docker.io/Alpine",
        "DOCKER.IO/alpine",
        "docker.io/a%2Fb",
        "docker.io/a b",
        "docker.io/-a",
        "a\u0000b/c",
        "http://docker.io/alpine",
        "user:pass@docker.io/alpine",
        "localhost_99999/app",
      })
  void hostileNamesAreRefused(String path) {
    assertThatThrownBy(() -> NONE.place(path, Optional.empty()))
        .isInstanceOf(OciFormatException.class);
  }

  @Test
  void overlongNameIsRefused() {
    assertThatThrownBy(() -> NONE.place("docker.io/" + "a".repeat(300), Optional.empty()))
        .isInstanceOf(OciFormatException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://docker.io", "docker.io/x", "..", "a b", "host:99999"})
  void hostileRegistryBesideThePathIsRefused(String namespace) {
    assertThatThrownBy(() -> NONE.place("app", Optional.of(namespace)))
        .isInstanceOf(OciFormatException.class);
  }

  @Test
  void bareNameWithoutADefaultRegistrySaysWhatIsMissing() {
    assertThatThrownBy(() -> NONE.place("app", Optional.empty()))
        .hasMessageContaining("default-registry");
  }

  @ParameterizedTest
  @ValueSource(strings = {"docker.io/library/alpine", "localhost:5055/demo/app", "a.b/c_d/e"})
  void pathLeadsBackToTheName(String name) {
    RepositoryName repository = RepositoryName.canonical(name);
    String path = Names.path(repository);

    assertThat(path).doesNotContain(":");
    assertThat(NONE.place(path, Optional.empty())).isEqualTo(repository(name));
    assertThat(Names.ofPath(path)).contains(repository);
  }

  private static Place repository(String... names) {
    return new Place.Repository(Arrays.stream(names).map(RepositoryName::canonical).toList());
  }
}
