package dev.longshore.resolver.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.resolver.name.Names;
import dev.longshore.resolver.name.Selector;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuestionTest {
  private static final String CID = "bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";
  private static final Names NONE = new Names(Optional.empty());

  @ParameterizedTest
  @CsvSource({
    "docker.io/library/alpine:3.20, docker.io/library/alpine, 3.20",
    "docker.io/alpine, docker.io/library/alpine, latest",
    "alpine, docker.io/library/alpine, latest",
    "alpine:3, docker.io/library/alpine, 3",
    "localhost:5055/demo/app:v1, localhost:5055/demo/app, v1",
    "localhost_5055/demo/app, localhost:5055/demo/app, latest",
  })
  void nameWithATagOrWithout(String text, String repository, String tag) {
    assertThat(Question.parse(text, NONE))
        .isEqualTo(
            new Question.ByName(
                List.of(RepositoryName.canonical(repository)), new Selector.ByTag(new Tag(tag))));
  }

  @Test
  void digestDecidesWhereATagStandsBesideIt() {
    String digest = "sha256:" + "ab".repeat(32);
    Question expected =
        new Question.ByName(
            List.of(RepositoryName.canonical("docker.io/library/alpine")),
            new Selector.ByDigest(Digest.parse(digest)));

    assertThat(Question.parse("docker.io/alpine@" + digest, NONE)).isEqualTo(expected);
    assertThat(Question.parse("docker.io/alpine:3@" + digest, NONE)).isEqualTo(expected);
  }

  @Test
  void bareDigest() {
    assertThat(Question.parse("sha256:" + "ab".repeat(32), NONE))
        .isEqualTo(new Question.ByDigest(Digest.sha256("ab".repeat(32))));
    assertThat(Question.parse("sha512:" + "ab".repeat(64), NONE))
        .isInstanceOf(Question.ByDigest.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {CID, "ipfs://" + CID, "/ipfs/" + CID, "ipfs/" + CID, "ipfs/" + CID + ":latest"})
  void cidInEveryForm(String text) {
    assertThat(Question.parse(text, NONE)).isEqualTo(new Question.ByCid(Cid.parse(CID)));
  }

  @Test
  void bareNameIsOneOfTheDefaultRegistry() {
    Names names = new Names(Optional.of(new RegistryHost("quay.test")));

    assertThat(Question.parse("app:1", names))
        .isEqualTo(
            new Question.ByName(
                List.of(RepositoryName.canonical("quay.test/app")),
                new Selector.ByTag(new Tag("1"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sha256:12",
        "UPPER/x",
        "a b",
        "docker.io/alpine:",
        "docker.io/alpine@x",
        "../x"
      })
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> Question.parse(text, NONE)).isInstanceOf(OciFormatException.class);
  }

  @Test
  void overlongTextIsRefused() {
    assertThatThrownBy(() -> Question.parse("a".repeat(601), NONE))
        .hasMessageContaining("601 characters");
  }
}
