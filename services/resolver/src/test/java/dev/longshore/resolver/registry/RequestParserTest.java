package dev.longshore.resolver.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.resolver.name.Names;
import dev.longshore.resolver.name.Place;
import dev.longshore.resolver.name.Selector;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestParserTest {
  private static final String HEX = "ab".repeat(32);
  private static final Digest DIGEST = Digest.sha256(HEX);
  private static final Place PLACE =
      new Place.Repository(List.of(RepositoryName.canonical("docker.io/library/alpine")));

  private final RequestParser parser = new RequestParser(new Names(Optional.empty()));

  @ParameterizedTest
  @ValueSource(strings = {"/v2", "/v2/"})
  void rootIsAPing(String path) throws Exception {
    assertThat(parse(path)).isEqualTo(new RegistryRequest.Ping());
  }

  @Test
  void manifestByTag() throws Exception {
    assertThat(parse("/v2/docker.io/alpine/manifests/3.20"))
        .isEqualTo(
            new RegistryRequest.Manifest(
                "docker.io/alpine", PLACE, new Selector.ByTag(new Tag("3.20")), none()));
  }

  @ParameterizedTest
  @ValueSource(strings = {":", "%3A", "%3a"})
  void manifestByDigest(String colon) throws Exception {
    assertThat(parse("/v2/docker.io/alpine/manifests/sha256" + colon + HEX))
        .isEqualTo(
            new RegistryRequest.Manifest(
                "docker.io/alpine", PLACE, new Selector.ByDigest(DIGEST), none()));
  }

  @Test
  void blobWithConditions() throws Exception {
    RegistryCall call =
        new RegistryCall(
            "GET",
            "/v2/docker.io/alpine/blobs/sha256:" + HEX,
            Map.of(),
            Map.of("Range", "bytes=0-1", "If-Range", "x", "If-None-Match", "y"),
            "a caller");

    assertThat(parser.parse(call))
        .isEqualTo(
            new RegistryRequest.Blob(
                "docker.io/alpine",
                PLACE,
                DIGEST,
                new Conditions(Optional.of("y"), Optional.of("bytes=0-1"), Optional.of("x"))));
  }

  @Test
  void repositoryMayBeCalledLikeAnEndpoint() throws Exception {
    assertThat(parse("/v2/a.b/manifests/blobs/manifests/tags"))
        .isEqualTo(
            new RegistryRequest.Manifest(
                "a.b/manifests/blobs",
                new Place.Repository(List.of(RepositoryName.canonical("a.b/manifests/blobs"))),
                new Selector.ByTag(new Tag("tags")),
                none()));
  }

  @Test
  void listsHaveAPage() throws Exception {
    RegistryCall call =
        new RegistryCall(
            "GET",
            "/v2/docker.io/alpine/tags/list",
            Map.of("n", "10", "last", "3.19"),
            Map.of(),
            "a caller");

    assertThat(parser.parse(call))
        .isEqualTo(
            new RegistryRequest.Tags(
                "docker.io/alpine", PLACE, new PageRequest(10, Optional.of("3.19"))));
    assertThat(parse("/v2/_catalog"))
        .isEqualTo(
            new RegistryRequest.Repositories(new PageRequest(PageRequest.MOST, Optional.empty())));
  }

  @ParameterizedTest
  @CsvSource({
    "/v2/docker.io/Alpine/manifests/x, 400, NAME_INVALID",
    "/v2/docker.io/../manifests/x, 400, NAME_INVALID",
    "/v2/docker.io%2Falpine/manifests/x, 400, NAME_INVALID",
    "/v2/ipfs/notacid/manifests/latest, 400, NAME_INVALID",
    "/v2/docker.io/alpine/manifests/.INVALID_MANIFEST_NAME, 404, MANIFEST_UNKNOWN",
    "/v2/docker.io/alpine/manifests/sha256:baddigeststring, 400, DIGEST_INVALID",
    "/v2/docker.io/alpine/manifests/md5:00, 400, DIGEST_INVALID",
    "/v2/docker.io/alpine/blobs/latest, 400, DIGEST_INVALID",
    "/v2/docker.io/alpine/blobs/sha256:%zz, 400, NAME_INVALID",
    "/v2/docker.io/alpine/referrers/sha256:1, 400, DIGEST_INVALID",
    "/v2/docker.io/alpine/signatures/x, 404, UNSUPPORTED",
    "/v2/manifests/x, 404, UNSUPPORTED",
    "/v2/x, 404, UNSUPPORTED",
    "/v2//manifests/x, 404, UNSUPPORTED",
    "/v2/tags/list, 404, UNSUPPORTED",
  })
  void wrongRequestsAreRefusedWithTheRightCode(String path, int status, OciError.Code code) {
    assertThatThrownBy(() -> parse(path))
        .isInstanceOfSatisfying(
            RequestException.class,
            e -> {
              assertThat(e.error().status()).isEqualTo(status);
              assertThat(e.error().code()).isEqualTo(code);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "x", "1.5", "99999999999"})
  void pageOfNoNumberIsRefused(String n) {
    RegistryCall call =
        new RegistryCall(
            "GET", "/v2/docker.io/alpine/tags/list", Map.of("n", n), Map.of(), "a caller");

    assertThatThrownBy(() -> parser.parse(call))
        .isInstanceOfSatisfying(
            RequestException.class,
            e -> assertThat(e.error().code()).isEqualTo(OciError.Code.PAGINATION_NUMBER_INVALID));
  }

  private RegistryRequest parse(String path) throws RequestException {
    return parser.parse(new RegistryCall("GET", path, Map.of(), Map.of(), "a caller"));
  }

  private static Conditions none() {
    return new Conditions(Optional.empty(), Optional.empty(), Optional.empty());
  }
}
