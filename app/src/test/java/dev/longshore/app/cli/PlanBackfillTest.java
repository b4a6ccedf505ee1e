package dev.longshore.app.cli;

import static dev.longshore.app.cli.PlanBed.ALL_COPIES;
import static dev.longshore.app.cli.PlanBed.BASE;
import static dev.longshore.app.cli.PlanBed.GB;
import static dev.longshore.app.cli.PlanBed.HOST;
import static dev.longshore.app.cli.PlanBed.layer;
import static dev.longshore.app.cli.PlanBed.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.catalog.testing.Samples;
import dev.longshore.events.BlobState;
import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.Evidence;
import dev.longshore.events.ImageState;
import dev.longshore.model.Cid;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import dev.longshore.model.ModeName;
import dev.longshore.model.PeerName;
import dev.longshore.model.Recipe;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.testing.Fault;
import dev.longshore.oci.testing.InMemoryRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a backfill would cost, and that it is refused where it does not fit. */
class PlanBackfillTest {

  @TempDir Path folder;
  private PlanBed bed;

  @BeforeEach
  void open() throws Exception {
    bed = new PlanBed(folder);
    bed.configure(ALL_COPIES);
    bed.room(100 * GB);
  }

  @AfterEach
  void close() {
    bed.close();
  }

  @Test
  void eachBlobCountsOnceAndEachNameToo() throws Exception {
    long manifests = bed.pushTwo();

    JsonNode plan = bed.json(0, "--rate", "100MB");

    assertThat(plan.get("images").asLong()).isEqualTo(4);
    assertThat(plan.get("digests").asLong()).isEqualTo(2);
    assertThat(plan.get("blobs").asLong()).as("two configs, three layers").isEqualTo(5);
    assertThat(plan.get("blobBytes").asLong()).isEqualTo(8 * GB + 2_000);
    assertThat(plan.get("unsharedBytes").asLong()).isEqualTo(13 * GB + 2_000);
    assertThat(plan.at("/modes/0/bytes").asLong()).isEqualTo(8 * GB + 2_000 + manifests);
    assertThat(plan.at("/modes/0/estimated").asBoolean()).isFalse();
    assertThat(plan.at("/rules/0/copies").asLong()).isEqualTo(6);
    assertThat(plan.at("/registries/0/bytes").asLong()).isEqualTo(8 * GB + 2_000);
    assertThat(plan.get("peers")).hasSize(3);
    for (JsonNode peer : plan.get("peers")) {
      assertThat(peer.get("copies").asLong()).isEqualTo(2);
      assertThat(peer.get("bytes").asLong()).isEqualTo(8 * GB + 2_000 + manifests);
      assertThat(peer.get("lacks").asLong()).isZero();
    }
    assertThat(plan.at("/time/boundBy").asText()).isEqualTo("line");
    assertThat(plan.at("/time/seconds").asLong()).isEqualTo(80);
  }

  @Test
  void saysHowManyRequestsItTookAndHowManyTheBackfillWill() throws Exception {
    bed.pushTwo();

    JsonNode work = bed.json(0).at("/registries/0");

    assertThat(work.get("requestsOfThisPlan").asLong())
        .as("what it sent")
        .isEqualTo(bed.registry.requests().size());
    assertThat(work.get("polls").asLong())
        .as("the catalog, tags twice, four tags, referrers of each repository's images")
        .isEqualTo(1 + 2 + 4 + 3);
    assertThat(work.get("looks").asLong()).isEqualTo(4);
    assertThat(work.get("manifests").asLong()).as("once for each repository").isEqualTo(3);
    assertThat(work.get("blobs").asLong()).isEqualTo(5);
    assertThat(work.get("questions").asLong())
        .as("whether the other repository serves config and layers")
        .isEqualTo(3);
    assertThat(bed.registry.requests()).noneMatch(request -> request.startsWith("blob"));
  }

  @Test
  void whatIsHereOrForgottenIsLeftOut() throws Exception {
    bed.pushTwo();
    Digest one = bed.push("team/app", "1", manifest("c1", BASE, layer("one", GB)));
    Digest three = bed.push("team/app", "3", manifest("c3", layer("three", GB)));
    bed.put(made(one, Mode.PLAIN, "team/app", 7));
    bed.put(
        DecisionState.of(
            "forget-1",
            new Decision.Forget("x", List.of(three)),
            "ann",
            "a key",
            Samples.NOW,
            null));

    JsonNode plan = bed.json(0);

    assertThat(plan.get("mirrored").asLong()).isEqualTo(1);
    assertThat(plan.get("forgotten").asLong()).isEqualTo(1);
    assertThat(plan.get("images").asLong()).as("2, latest, and team/other:1").isEqualTo(3);
    assertThat(plan.at("/modes/0/images").asLong()).isEqualTo(1);
    assertThat(plan.at("/modes/0/bytes").asLong())
        .as("what another repository has is stored already")
        .isBetween(7 * GB, 7 * GB + 5_000);
    assertThat(plan.at("/registries/0/questions").asLong()).as("of team/other").isEqualTo(3);
  }

  @Test
  void whatWasReadBeforeDoesNotCrossTheLineAgain() throws Exception {
    bed.pushTwo();
    bed.put(
        new BlobState(
            PlanBed.digest("base"),
            BlobState.NONE,
            Cid.stored("bafybase"),
            5 * GB,
            5 * GB,
            1,
            new PeerName("a"),
            Samples.NOW));

    JsonNode plan = bed.json(0);

    assertThat(plan.get("knownBlobs").asLong()).isEqualTo(1);
    assertThat(plan.at("/registries/0/bytes").asLong()).isEqualTo(3 * GB + 2_000);
    assertThat(plan.at("/peers/0/knownBytes").asLong()).isEqualTo(5 * GB);
    assertThat(plan.at("/peers/0/bytes").asLong())
        .as("perhaps not on this peer")
        .isGreaterThan(8 * GB);
  }

  @Test
  void eachModeThatChangesALayerReadsAndStoresItAgain() throws Exception {
    bed.configure("  - {match: \"**\", copies: 3, modes: [plain, estargz], max-size: 100GB}");
    bed.pushTwo();

    JsonNode plan = bed.json(0);

    assertThat(plan.at("/registries/0/bytes").asLong())
        .as("layers twice, configs once")
        .isEqualTo(16 * GB + 2_000);
    JsonNode lazy = of(plan.get("modes"), "mode", "estargz");
    assertThat(lazy.get("estimated").asBoolean()).isTrue();
    assertThat(lazy.get("bytes").asLong()).isBetween(88 * GB / 10, 88 * GB / 10 + 5_000);

    for (int i = 0; i < 20; i++) {
      Digest here = PlanBed.digest("here" + i);
      bed.put(made(here, Mode.PLAIN, "team/old", 1_000));
      bed.put(made(here, Mode.ESTARGZ, "team/old", 1_500));
    }
    JsonNode measured = of(bed.json(0).get("modes"), "mode", "estargz");
    assertThat(measured.get("factor").asDouble()).isEqualTo(1.5);
    assertThat(measured.get("bytes").asLong()).isBetween(12 * GB, 12 * GB + 5_000);
  }

  @Test
  void whatWillNotBeMirroredIsCountedAndNamed() throws Exception {
    bed.configure(
        "  - {match: \"%s/team/none\", modes: []}\n".formatted(HOST)
            + "  - {match: \"**\", copies: 3, platforms: [linux/arm64], max-size: 20GB}");
    bed.pushTwo();
    bed.push("team/none", "1", manifest("c9", BASE));
    bed.push("bad/damaged", "1", "{\"schemaVersion\":2, \"layers\": 7}");
    bed.push("bad/type", "1", "application/vnd.example.thing+json", "{\"thing\":1}");
    bed.push(
        "bad/old",
        "1",
        "application/vnd.docker.distribution.manifest.v1+prettyjws",
        "{\"schemaVersion\":1,\"name\":\"x\",\"fsLayers\":[]}");
    bed.push(
        "bad/platform",
        "1",
        MediaType.OCI_INDEX,
        """
        {"schemaVersion":2,"mediaType":"%s","manifests":[
        {"mediaType":"%s","digest":"%s","size":7,"platform":{"os":"linux","architecture":"amd64"}}]}
        """
            .formatted(MediaType.OCI_INDEX, MediaType.OCI_MANIFEST, PlanBed.digest("x")));
    bed.push("bad/large", "1", manifest("c8", layer("large", 30 * GB)));
    Digest lost = bed.push("bad/lost", "1", manifest("c7", BASE));
    bed.registry.faults().always(lost.toString(), new Fault.WrongByte());

    JsonNode plan = bed.json(0);

    assertThat(plan.get("images").asLong()).isEqualTo(4);
    assertThat(plan.get("unwantedRepositories").asLong()).isEqualTo(1);
    assertThat(plan.at("/notMirrored/MANIFEST_INVALID").asLong())
        .as("damaged, unknown type, schema 1, other bytes: " + plan.get("named").toPrettyString())
        .isEqualTo(4);
    assertThat(plan.at("/notMirrored/PLATFORM_UNKNOWN").asLong()).isEqualTo(1);
    assertThat(plan.at("/notMirrored/IMAGE_TOO_BIG").asLong()).isEqualTo(1);
    assertThat(StreamSupport.stream(plan.get("named").spliterator(), false))
        .extracting(one -> one.get("what").asText())
        .filteredOn(what -> !what.startsWith("referrers of "))
        .containsExactlyInAnyOrder(
            HOST + "/bad/damaged:1",
            HOST + "/bad/type:1",
            HOST + "/bad/old:1",
            HOST + "/bad/platform:1",
            HOST + "/bad/large:1",
            HOST + "/bad/lost:1");

    assertThat(bed.run()).isZero();
    assertThat(bed.out())
        .contains("1 IMAGE_TOO_BIG, 4 MANIFEST_INVALID, 1 PLATFORM_UNKNOWN; they will not be")
        .contains(HOST + "/bad/large:1, IMAGE_TOO_BIG: ");
  }

  @Test
  void whatCouldNotBeReadIsNotTakenToBeNothing() throws Exception {
    bed.pushTwo();
    bed.push("team/shut", "1", manifest("c9", BASE));
    bed.registry.refuse(Samples.name("team/shut"), new Fault.Status(403));

    JsonNode plan = bed.json(3);

    assertThat(plan.get("images").asLong()).as("the others").isEqualTo(4);
    assertThat(plan.get("notSeen").asLong()).isEqualTo(1);
    assertThat(plan.at("/named/0/what").asText()).isEqualTo(HOST + "/team/shut");
    assertThat(plan.at("/named/0/why").asText()).contains("403", "credentials");
  }

  @Test
  void aRegistryThatFailsInBetweenEndsItsPartOfThePlan() throws Exception {
    bed.pushTwo();
    bed.registry.faults().always(Samples.name("team/other").toString(), new Fault.Status(500));
    bed.registry.faults().always(InMemoryRegistry.PING, new Fault.Status(500));

    JsonNode plan = bed.json(3);

    assertThat(plan.get("images").asLong()).isEqualTo(3);
    assertThat(plan.at("/named/0/what").asText()).isEqualTo("the rest of " + HOST);
  }

  @Test
  void waitsAsLongAsTheRegistryAsks() throws Exception {
    bed.pushTwo();
    Duration hour = Duration.ofMinutes(50);
    bed.registry.faults().next("2", new Fault.Status(429, Optional.of(hour)));
    bed.registry.faults().next("2", new Fault.Status(429, Optional.of(hour)));
    bed.registry.faults().next("2", new Fault.Status(429));

    JsonNode plan = bed.json(0);

    assertThat(bed.pauses).containsExactly(hour, hour, Duration.ofMinutes(1));
    assertThat(bed.err()).contains(HOST + " wants no requests for 3001 s; the plan waits");
    assertThat(plan.get("images").asLong()).isEqualTo(4);
  }

  @Test
  void aRegistryThatNeverGrantsAnythingAgainIsGivenUp() throws Exception {
    bed.pushTwo();
    bed.registry.faults().always("2", new Fault.Status(429, Optional.of(Duration.ofMinutes(50))));

    JsonNode plan = bed.json(3);

    assertThat(bed.pauses).hasSizeBetween(10, 100);
    assertThat(plan.get("notSeen").asLong()).isEqualTo(1);
  }

  @Test
  void saysWhatBoundsTheTime() throws Exception {
    bed.pushTwo();

    JsonNode unknown = bed.json(0).get("time");
    assertThat(of(unknown.get("parts"), "part", "line").get("seconds").isNull()).isTrue();
    assertThat(unknown.get("boundBy").asText()).as("of what is known").isEqualTo("share");

    JsonNode quota = bed.json(0, "--rate", "8GB", "--quota", "1/1h").get("time");
    assertThat(quota.get("boundBy").asText()).isEqualTo("quota");
    assertThat(quota.get("seconds").asLong()).as("three manifests").isEqualTo(3 * 3600);

    assertThat(bed.run("--rate", "8GB", "--quota", "1/1h")).isZero();
    assertThat(bed.out())
        .contains("time      3 h 0 min or more, by its quota")
        .contains("line: 1 s, 8.0 GB at 8.0 GB a second (--rate)");
  }

  @Test
  void plansOneRepositoryOrSome() throws Exception {
    bed.pushTwo();

    assertThat(bed.json(0, HOST + "/team/app").get("images").asLong()).isEqualTo(3);
    assertThat(bed.json(0, HOST + "/*/other").get("images").asLong()).isEqualTo(1);
    assertThat(bed.json(0, HOST).get("images").asLong()).isEqualTo(4);
    assertThat(bed.json(3, HOST + "/nothing/*").at("/named/0/why").asText())
        .as("a name with a mistake is no empty plan")
        .contains("no such repository is polled");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nowhere.example.com | not configured (configured: " + HOST + ")",
        HOST + "/a//b | empty",
        "--rate=fast | --rate: \"fast\" is not a size",
        "--rate=0 | expected: more than 0",
        "--quota=100 | expected: such as 200/6h",
        "--quota=5/never | --quota: \"never\" is not a duration",
      })
  void refusesWhatItCannotPlanBeforeItAsksAnybody(String argument, String why) {
    assertThat(bed.run(argument)).isIn(1, 2);
    assertThat(bed.err()).contains(why);
    assertThat(bed.registry.requests()).isEmpty();
  }

  private static ImageState made(Digest digest, Mode mode, String repository, long bytes) {
    ImageState sample = Samples.image(1);
    return new ImageState(
            digest,
            new Recipe(Digest.of(mode.text().getBytes(StandardCharsets.UTF_8)).hex()),
            ModeName.of(mode),
            sample.mediaType(),
            sample.imageDag(),
            sample.root(),
            sample.manifest(),
            List.of(),
            3,
            bytes,
            List.of(),
            new PeerName("a"),
            Samples.name(repository),
            Samples.NOW)
        .shownBy(Evidence.READ);
  }

  private static JsonNode of(JsonNode all, String field, String value) {
    return StreamSupport.stream(all.spliterator(), false)
        .filter(one -> one.get(field).asText().equals(value))
        .findFirst()
        .orElseThrow();
  }
}
