package dev.longshore.resolver.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Digest;
import dev.longshore.resolver.image.member.MemberTable;
import dev.longshore.resolver.image.member.SqliteMembers;
import dev.longshore.resolver.testing.Crowd;
import dev.longshore.resolver.testing.Edge;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.resolver.testing.RunningResolver;
import dev.longshore.resolver.testing.States;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a registry answers of a repository with 10,000 digests. */
class LargeRepositoryHttpTest extends ServedRegistry {
  private static final int DIGESTS = 10_000;
  private static final Digest BASE = Digest.sha256("b".repeat(64));

  @Test
  void allOfTheOldestAndOfTheNewestImageIsServed() throws Exception {
    edge.states.holdsAll(Edge.REPOSITORY, digests(DIGESTS));
    MirroredImage newest = edge.mirror(RandomImage.of(2, RandomImageOptions.multiPlatform()));
    edge.states.holds(Edge.REPOSITORY, newest.digest().toString());
    edge.catalog.writer().complete(States.AT);
    // One that was away meanwhile, and looked into nothing when it came.
    resolver.close();
    resolver = new RunningResolver(folder.resolve("later"), edge.catalog, edge.own, null, false);
    assertThat(resolver.get(APP + "/manifests/v1").statusCode()).isEqualTo(200);

    for (MirroredImage asked : List.of(image, newest)) {
      for (String blob : asked.image().blobs().keySet()) {
        assertThat(resolver.head(APP + "/blobs/" + blob).statusCode()).as(blob).isEqualTo(200);
      }
      for (RandomImage.StoredManifest manifest : asked.image().manifests()) {
        HttpResponse<byte[]> answer = resolver.get(APP + "/manifests/" + manifest.digest());
        assertThat(answer.statusCode()).as(manifest.digest()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(manifest.body());
      }
    }
    assertError(resolver.get(APP + "/blobs/sha256:" + "7".repeat(64)), 404, "BLOB_UNKNOWN");
  }

  @Test
  void layerThatHundredsOfImagesElsewhereHaveIsServedHere() throws Exception {
    String path = APP + "/blobs/" + BASE;
    try (MemberTable members = SqliteMembers.open(folder.resolve("resolver/resolver.db"))) {
      Crowd crowd = new Crowd(edge.states, members);
      crowd.of("registry.test/elsewhere", 300, BASE);
      crowd.of(Edge.REPOSITORY, 150);
      edge.catalog.writer().complete(States.AT);
      assertThat(resolver.head(path).statusCode()).isEqualTo(404);

      crowd.of(Edge.REPOSITORY, 1, BASE);
    }

    assertThat(resolver.head(path).statusCode()).isEqualTo(200);
  }

  @Test
  void repositoryIsListedForTheOneOfItsImagesThatIsServed() throws Exception {
    edge.states.holdsAll("registry.test/late", digests(DIGESTS));
    edge.states.holds("registry.test/late", image.digest().toString());
    edge.states.holdsAll("registry.test/not-yet", digests(DIGESTS));
    edge.catalog.writer().complete(States.AT);

    assertThat(texts(resolver.get("/v2/_catalog"), "repositories"))
        .containsExactly("registry.test/app", "registry.test/late");
  }

  @Test
  void referrersComeInPagesToTheLastOne() throws Exception {
    int most = 600;
    try (MemberTable members = SqliteMembers.open(folder.resolve("resolver/resolver.db"))) {
      Crowd crowd = new Crowd(edge.states, members);
      crowd.referringTo(image.digest(), "registry.test/elsewhere", most);
      crowd.referringTo(image.digest(), Edge.REPOSITORY, most);
    }
    edge.catalog.writer().complete(States.AT);

    List<String> walked = new ArrayList<>();
    String next = APP + "/referrers/" + image.digest() + "?n=250";
    while (next != null) {
      HttpResponse<byte[]> page = resolver.get(next);
      walked.addAll(digests(page));
      next = link(page);
    }
    assertThat(walked).hasSize(most).doesNotHaveDuplicates();
  }

  private static List<String> digests(int count) {
    List<String> digests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      digests.add(Digest.sha256("%064x".formatted(i)).toString());
    }
    return digests;
  }
}
