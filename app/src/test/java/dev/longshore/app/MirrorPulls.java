package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.RepositoryName;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.RandomImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.IntSupplier;

/**
 * Pulls of one repository at a resolver that names images by their registry.
 *
 * @param port of the resolver
 */
record MirrorPulls(HttpClient client, RepositoryName name, IntSupplier port) {
  /** By tag, and each part by its digest, byte for byte. */
  void awaitPulled(RandomImage image, String tag) {
    Eventually.await(
        "the site serves " + tag, () -> mirrored("manifests/" + tag).statusCode() == 200);
    assertThat(pulled("manifests/" + tag)).isEqualTo(image.root().body());
    assertThat(get(name.host().pathForm() + "/" + name.repository() + "/manifests/" + tag).body())
        .isEqualTo(image.root().body());
    assertThat(pulled("manifests/" + image.rootDigest())).isEqualTo(image.root().body());
    for (String blob : image.blobs().keySet()) {
      assertThat(pulled("blobs/" + blob)).isEqualTo(image.blobs().get(blob));
    }
  }

  byte[] pulled(String what) {
    HttpResponse<byte[]> answer = mirrored(what);
    assertThat(answer.statusCode()).as(what).isEqualTo(200);
    return answer.body();
  }

  /** As containerd asks the mirror of a registry. */
  HttpResponse<byte[]> mirrored(String what) {
    return get(name.repository() + "/" + what + "?ns=" + name.host());
  }

  private HttpResponse<byte[]> get(String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.getAsInt() + "/v2/" + path))
            .timeout(Duration.ofSeconds(60))
            .build();
    try {
      return client.send(request, BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Whoever verifies a signature asks for the list, and pulls what it names. */
  void awaitReferrer(RandomImage subject, RandomImage referrer) {
    String list = "referrers/" + subject.rootDigest();
    Eventually.await(
        "the site serves the signature",
        () -> {
          HttpResponse<byte[]> answer = mirrored(list);
          return answer.statusCode() == 200
              && new String(answer.body(), StandardCharsets.UTF_8).contains(referrer.rootDigest());
        });
    assertThat(pulled("manifests/" + referrer.rootDigest())).isEqualTo(referrer.root().body());
    referrer.blobs().forEach((blob, bytes) -> assertThat(pulled("blobs/" + blob)).isEqualTo(bytes));
  }
}
