package dev.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.longshore.testing.Mutations;
import dev.longshore.testing.SplitMix;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ReferenceTest {
  private static final String HEX = "a".repeat(64);
  private static final String DIGEST = "sha256:" + HEX;

  @ParameterizedTest
  @CsvSource({
    "alpine, docker.io/library/alpine:latest",
    "alpine:3.20, docker.io/library/alpine:3.20",
    "grafana/loki, docker.io/grafana/loki:latest",
    "docker.io/alpine, docker.io/library/alpine:latest",
    "index.docker.io/library/alpine:1, docker.io/library/alpine:1",
    "registry-1.docker.io/a/b, docker.io/a/b:latest",
    "localhost/app, localhost/app:latest",
    "localhost:5055/app, localhost:5055/app:latest",
    "localhost:5055/team/app:v1, localhost:5055/team/app:v1",
    "GHCR.io/a/b, ghcr.io/a/b:latest",
    "Registry/a, registry/a:latest",
    "127.0.0.1:5000/a, 127.0.0.1:5000/a:latest",
    "[::1]:5000/a/b:c, [::1]:5000/a/b:c",
    "[2001:DB8::1]/a, [2001:db8::1]/a:latest",
    "quay.io/a_b/c__d/e---f.g:T_-.0, quay.io/a_b/c__d/e---f.g:T_-.0",
    "xn--n3h.com/myimage:xn--n3h.com, xn--n3h.com/myimage:xn--n3h.com",
    "a.b/c:_, a.b/c:_"
  })
  void referencesBecomeCanonical(String text, String canonical) {
    Reference parsed = Reference.parse(text);

    assertThat(parsed).hasToString(canonical);
    assertThat(Reference.canonical(canonical)).isEqualTo(parsed);
  }

  @Test
  void aDigestStandsAloneOrWithATag() {
    Reference alone = Reference.parse("alpine@" + DIGEST);
    Reference both = Reference.parse("localhost:5055/app:v1@" + DIGEST);

    assertThat(alone.tag()).isEmpty();
    assertThat(alone).hasToString("docker.io/library/alpine@" + DIGEST);
    assertThat(both.tag()).hasValue(new Tag("v1"));
    assertThat(both.digest()).hasValue(Digest.sha256(HEX));
    assertThat(both.selector()).isEqualTo(DIGEST);
    assertThat(Reference.canonical(both.toString())).isEqualTo(both);
  }

  /** Each part good or bad: a reference is good only if all its parts are. */
  static Stream<Arguments> crossProduct() {
    var hosts =
        List.of(
            "",
            "a.io/",
            "localhost/",
            "h:1/",
            "[::1]:9/",
            "!/",
            "a..b/",
            "-a.b/",
            "a.b:/",
            "a.b:70000/");
    var names =
        List.of("a", "a/b", "a__b/c-d.e", "", "a//b", "A", "a___b", "a/_b", "a-", ".a", "ä");
    var tags = List.of("", ":v", ":_.-9", ":", ":.v", ":v/w", ":" + "t".repeat(129), ":ü");
    var digests = List.of("", "@" + DIGEST, "@", "@sha256:abc", "@md5:" + "a".repeat(32));
    return hosts.stream()
        .flatMap(
            h ->
                names.stream()
                    .flatMap(
                        n ->
                            tags.stream()
                                .flatMap(
                                    t ->
                                        digests.stream()
                                            .map(
                                                d ->
                                                    Arguments.of(
                                                        h + n + t + d,
                                                        good(hosts, h, 5)
                                                            && good(names, n, 3)
                                                            && good(tags, t, 3)
                                                            && good(digests, d, 2))))));
  }

  private static boolean good(List<String> values, String value, int goodOnes) {
    return values.indexOf(value) < goodOnes;
  }

  @Test
  void aReferenceIsGoodOnlyIfAllItsPartsAre() {
    crossProduct()
        .forEach(
            row -> {
              var text = (String) row.get()[0];
              boolean good = (Boolean) row.get()[1];
              assertThat(parses(text)).as(text).isEqualTo(good);
            });
  }

  private static boolean parses(String text) {
    try {
      return Reference.parse(text) != null;
    } catch (OciFormatException e) {
      return false;
    }
  }

  @Test
  void namesOf255CharactersAreTheLongest() {
    String host = "registry.example/";
    String fits = "a".repeat(255 - host.length());

    assertThat(RepositoryName.parse(host + fits)).hasToString(host + fits);
    assertThatThrownBy(() -> RepositoryName.parse(host + fits + "a"))
        .isInstanceOf(OciFormatException.class)
        .hasMessageContaining("255");
    assertThatThrownBy(() -> RepositoryName.parse("a".repeat(250)))
        .isInstanceOf(OciFormatException.class);
  }

  @Test
  void tagsOf128CharactersAreTheLongest() {
    assertThat(Reference.parse("a:" + "t".repeat(128)).tag()).hasValue(new Tag("t".repeat(128)));
    assertThatThrownBy(() -> Reference.parse("a:" + "t".repeat(129))).hasMessageContaining("128");
  }

  @Test
  void anImageIdIsNoName() {
    assertThatThrownBy(() -> Reference.parse(HEX)).hasMessageContaining("image id");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Alpine", "ghcr.io/Team/app", "team/App:v1"})
  void upperCaseInARepositorySaysSo(String text) {
    assertThatThrownBy(() -> Reference.parse(text))
        .isInstanceOf(OciFormatException.class)
        .hasMessageContaining("lower-case");
  }

  @Test
  void imagesOfAContainerdKeepTheirFirstPartAsHost() {
    var name = new RepositoryName(new RegistryHost("containerd"), "node-1/k8s.io/docker.io/a/b");

    assertThat(RepositoryName.canonical(name.toString())).isEqualTo(name);
    assertThat(RepositoryName.parse(name.toString()).host()).isEqualTo(RegistryHost.DOCKER_HUB);
  }

  @ParameterizedTest
  @CsvSource({
    "docker.io, docker.io",
    "localhost:5055, localhost_5055",
    "10.0.0.7:80, 10.0.0.7_80",
    "Quay.io, quay.io"
  })
  void aHostHasAFormForPaths(String host, String path) {
    assertThat(new RegistryHost(host).pathForm()).isEqualTo(path);
    assertThat(RegistryHost.fromPathForm(path)).isEqualTo(new RegistryHost(host));
  }

  @Test
  void anIpv6HostHasNoFormForPaths() {
    assertThatThrownBy(() -> new RegistryHost("[::1]:5000").pathForm())
        .isInstanceOf(OciFormatException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, true", "localhost:80, true", "127.0.0.1, true", "127.9.9.9:1, true",
    "[::1]:1, true", "localhost.evil.com, false", "127.0.0.1.evil.com, false", "10.0.0.1, false"
  })
  void loopbackIsThisMachineAlone(String host, boolean loopback) {
    assertThat(new RegistryHost(host).isLoopback()).isEqualTo(loopback);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void damagedReferencesGiveNothingButTypedErrors(long seed) {
    var random = new SplitMix(seed);
    byte[] valid = ("registry.example:5000/team/app:v1@" + DIGEST).getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 2_000; i++) {
      String text = new String(Mutations.mutate(valid, random), StandardCharsets.ISO_8859_1);
      try {
        Reference parsed = Reference.parse(text);
        assertThat(Reference.canonical(parsed.toString())).isEqualTo(parsed);
      } catch (OciFormatException e) {
        assertThat(e.getMessage()).isNotBlank();
      } catch (RuntimeException e) {
        fail("seed " + seed + ", text " + text, e);
      }
    }
  }

  static List<Long> seeds() {
    return List.of(1L, 2L, 3L);
  }

  @ParameterizedTest
  @CsvSource({"'', ''", "Host:1, a@b", "H/x, ../y", "index.docker.io, UPPER"})
  void aStoredNameKeepsItsTexts(String registry, String repository) {
    RepositoryName stored = RepositoryName.stored(registry, repository);

    assertThat(stored).hasToString(registry + "/" + repository);
    assertThat(stored).isEqualTo(RepositoryName.stored(registry, repository));
    assertThatThrownBy(stored::checked).isInstanceOf(OciFormatException.class);
  }

  @Test
  void aStoredNameIsInNormalFormWhenChecked() {
    RepositoryName stored = RepositoryName.stored("Index.Docker.IO", "alpine");

    assertThat(stored).isNotEqualTo(stored.checked());
    assertThat(stored.checked()).isEqualTo(RepositoryName.parse("docker.io/library/alpine"));
    assertThat(RepositoryName.stored("docker.io", "library/alpine")).isEqualTo(stored.checked());
  }

  @Test
  void aStoredTagKeepsItsTextAndIsRefusedWhenChecked() {
    assertThat(new Tag("a b/@:").text()).isEqualTo("a b/@:");
    assertThatThrownBy(() -> new Tag("a b/@:").checked()).isInstanceOf(OciFormatException.class);
    assertThat(Tag.parse("_V1.0-rc")).isEqualTo(new Tag("_V1.0-rc"));
  }
}
