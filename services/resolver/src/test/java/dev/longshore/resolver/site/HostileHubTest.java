package dev.longshore.resolver.site;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.events.AbsenceReason;
import dev.longshore.events.SiteState.Absence;
import dev.longshore.model.Cid;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.testing.MirroredImage;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.sites.End;
import dev.longshore.sites.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A hub that lies: nothing of it counts, the site says so, and goes on when the hub is honest. */
class HostileHubTest extends JoinedSite {
  private static final ObjectMapper PLAIN = new ObjectMapper();

  private MirroredImage first;

  @BeforeEach
  void follow() throws Exception {
    first = hub.image(1);
    hub.push(SiteBed.REPOSITORY, "1.0", first);
    site.start();
    site.awaitShown("1.0", first);
  }

  private static End with(End end, SiteName site, Kind kind, String from) {
    return new End(site, kind, from, end.to(), end.whole(), end.key(), end.at(), end.nonce());
  }

  /** Of a day before, in an answer to this request, to another one, or to one of long ago. */
  private static End older(End end, @Nullable String nonce) {
    Instant before = end.at().minus(Duration.ofDays(1));
    return new End(
        end.site(), end.kind(), end.from(), end.to(), end.whole(), end.key(), before, nonce);
  }

  static Stream<Arguments> lies() {
    return Stream.of(
        lie("for site other", e -> with(e, new SiteName("other"), e.kind(), e.from())),
        lie("does not begin where", e -> with(e, e.site(), e.kind(), "c77")),
        lie("no beginning", e -> with(e, e.site(), Kind.SNAPSHOT, e.from())),
        lie("answers another request", e -> older(e, "q83vASNFZ4mrze8BI0VniQ")),
        lie("older than the last one", e -> older(with(e, e.site(), Kind.SNAPSHOT, null), null)),
        lie(
            "does not hold",
            e ->
                new End(
                    e.site(),
                    e.kind(),
                    e.from(),
                    e.to(),
                    e.whole(),
                    "0123456789abcdef",
                    e.at(),
                    e.nonce())));
  }

  private static Arguments lie(String said, UnaryOperator<End> ends) {
    return Arguments.of(said, ends);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lies")
  void aSegmentThatMustNotFollowIsRefused(String said, UnaryOperator<End> ends) throws Exception {
    hub.ends = ends;
    refuses(said);

    hub.ends = UnaryOperator.identity();
    goesOn();
  }

  static Stream<Arguments> bytes() {
    return Stream.of(
        bad("does not hold", HostileHubTest::changed),
        bad("breaks off", answer -> Arrays.copyOf(answer, answer.length / 2)),
        bad("breaks off", HostileHubTest::withoutSignature),
        bad("a line of over", _ -> "x".repeat(70_000).getBytes(StandardCharsets.US_ASCII)),
        bad(
            "no signature within",
            _ -> (" ".repeat(60_000) + "{}\n").repeat(20).getBytes(StandardCharsets.US_ASCII)),
        bad("no signature within", _ -> "{}\n".repeat(600).getBytes(StandardCharsets.US_ASCII)),
        bad("changes:", _ -> "{not json\n".getBytes(StandardCharsets.US_ASCII)),
        bad("a line between an end", answer -> edited(answer, "\\{\"signature\"", "{}\n$0")),
        bad("a signature without an end", answer -> edited(answer, "\\{\"end\".*\n", "")),
        bad("a line with 2 fields", answer -> edited(answer, "\"end\":", "\"dropped\":\"a\",$0")));
  }

  private static byte[] edited(byte[] answer, String part, String by) {
    String text = new String(answer, StandardCharsets.UTF_8);
    return Pattern.compile(part).matcher(text).replaceAll(by).getBytes(StandardCharsets.UTF_8);
  }

  private static Arguments bad(String said, UnaryOperator<byte[]> answers) {
    return Arguments.of(said, answers);
  }

  private static byte[] changed(byte[] answer) {
    String text = new String(answer, StandardCharsets.UTF_8);
    return text.replace("\"priority\":0", "\"priority\":9").getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] withoutSignature(byte[] answer) {
    String text = new String(answer, StandardCharsets.UTF_8);
    return text.substring(0, text.indexOf("{\"signature\"")).getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bytes")
  void whatNoSignatureVouchesForDoesNotCount(String said, UnaryOperator<byte[]> answers)
      throws Exception {
    hub.answers = answers;
    refuses(said);

    hub.answers = UnaryOperator.identity();
    goesOn();
  }

  private MirroredImage next;

  private void refuses(String said) throws Exception {
    next = hub.image(2);
    hub.push(SiteBed.REPOSITORY, "1.0", next);
    awaitProblem(said);
    assertThat(site.shown("1.0")).contains(first.digest());
    assertThat(site.finds(next)).isFalse();
  }

  private void awaitProblem(String said) {
    Eventually.await(
        said,
        () -> site.service().source().problem().filter(what -> what.contains(said)).isPresent());
  }

  private void goesOn() {
    site.awaitShown("1.0", next);
    Eventually.await("nothing is the matter", () -> site.service().source().problem().isEmpty());
  }

  @Test
  void aReportSaysThatTheHubsAnswersDoNotCount() throws Exception {
    hub.ends = e -> with(e, new SiteName("other"), e.kind(), e.from());
    refuses("for site other");

    var report =
        site.awaitReport("of the lie", r -> r.exceptions().stream().anyMatch(this::isOfHub));

    assertThat(report.exceptions().getFirst().error()).contains("for site other");
  }

  private boolean isOfHub(Absence absence) {
    return absence.name().equals("the hub's answers") && absence.reason() == AbsenceReason.FAILED;
  }

  @Test
  void anEarlierAnswerThatIsSentAgainIsRefused() throws Exception {
    byte[][] kept = new byte[1][];
    hub.answers =
        answer -> {
          kept[0] = answer;
          return answer;
        };
    hub.poke();
    Eventually.await("an answer to keep", () -> kept[0] != null);
    byte[] earlier = kept[0];
    hub.answers = UnaryOperator.identity();
    MirroredImage second = hub.image(3);
    hub.push(SiteBed.REPOSITORY, "1.0", second);
    site.awaitShown("1.0", second);
    first = second;

    hub.answers = _ -> earlier;
    refuses("answers another request");

    hub.answers = UnaryOperator.identity();
    goesOn();
  }

  /** A proxy that has it cannot keep a site that is cut off from noticing. */
  @Test
  void anOldWordOfAHubThatSignsNoNonceIsNoNews() throws Exception {
    hub.signsNonces = false;
    byte[][] kept = new byte[1][];
    hub.answers =
        answer -> {
          kept[0] = answer;
          return answer;
        };
    hub.poke();
    Eventually.await("an answer to keep", () -> kept[0] != null);
    byte[] earlier = kept[0];
    hub.answers = UnaryOperator.identity();
    hub.now = hub.now.plusSeconds(5);
    hub.poke();
    Eventually.await("a later one", () -> age().compareTo(Duration.ofSeconds(2)) < 0);

    Eventually.await("nothing is on its way", () -> hub.waiting() == 1);
    hub.answers = _ -> earlier;
    site.pass(Duration.ofHours(1));
    int asked = hub.requests.size();
    hub.poke();
    Eventually.await("it has it", () -> hub.requests.size() > asked + 1);

    assertThat(age()).isGreaterThan(Duration.ofMinutes(59));
    hub.answers = UnaryOperator.identity();
  }

  private Duration age() {
    return site.service().source().age().orElseThrow();
  }

  @Test
  void anAnswerThatIsCutCountsUpToItsLastSignature() throws Exception {
    site.stop();
    hub.segment = 1;
    MirroredImage second = hub.image(3);
    hub.push(SiteBed.REPOSITORY, "second", second);
    hub.push(SiteBed.REPOSITORY, "third", hub.image(4));
    hub.answers =
        answer -> {
          String text = new String(answer, StandardCharsets.UTF_8);
          int signed = text.indexOf('\n', text.indexOf("{\"signature\""));
          return Arrays.copyOf(answer, Math.min(answer.length, signed + 200));
        };
    site.start();

    site.awaitShown("second", second);

    hub.answers = UnaryOperator.identity();
    Eventually.await("the rest comes", () -> site.shown("third").isPresent());
  }

  static Stream<Arguments> records() {
    String noDag = Cid.dagPb(new byte[32]).toString();
    String noSource = "sha256:" + "0".repeat(64);
    return Stream.of(
        record("no image of its DAG", c -> c.putArray("images")),
        record("no image of its DAG", c -> ((ObjectNode) c.at("/images/0")).put("imageDag", noDag)),
        record(
            "no image of its DAG", c -> ((ObjectNode) c.at("/images/0")).put("digest", noSource)),
        record("is no image of its DAG", c -> other(c, "result", "imageDag", noDag)),
        record("is no image of its DAG", c -> other(c, "result", "source", noSource)),
        record(
            "../secret", c -> ((ObjectNode) c.get("served")).put("repository", "team/../secret")));
  }

  private static Arguments record(String said, Consumer<ObjectNode> lies) {
    return Arguments.of(said, lies);
  }

  /** Offers what the name shows in another mode, too, with something else in one place. */
  private static void other(ObjectNode change, String in, String field, String by) {
    ObjectNode other = PLAIN.createObjectNode();
    other.set("result", change.at("/served/results/0").deepCopy());
    other.set("image", change.at("/images/0").deepCopy());
    ((ObjectNode) other.get(in)).put(field, by);
    change.putArray("others").add(other);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("records")
  void recordsThatDoNotBelongTogetherAreRefused(String said, Consumer<ObjectNode> lies)
      throws Exception {
    hub.form = line -> changed(line, lies);
    refuses(said);

    hub.form = UnaryOperator.identity();
    goesOn();
  }

  private static byte[] changed(byte[] line, Consumer<ObjectNode> lies) {
    try {
      JsonNode whole = PLAIN.readTree(line);
      if (whole.get("change") instanceof ObjectNode change) {
        lies.accept(change);
      }
      return PLAIN.writeValueAsBytes(whole);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aSnapshotThatIsLeftUnfinishedIsRefused() throws Exception {
    MirroredImage second = hub.image(3);
    hub.push(SiteBed.REPOSITORY, "second", second);
    site.awaitShown("second", second);
    hub.segment = 1;
    hub.ends = e -> e.from() == null ? e : with(e, e.site(), Kind.DELTA, e.from());
    hub.startAnew();
    awaitProblem("leaves a snapshot unfinished");
    assertThat(site.shown("second")).contains(second.digest());

    hub.ends = UnaryOperator.identity();
    hub.startAnew();
    Eventually.await("nothing is the matter", () -> site.service().source().problem().isEmpty());
    assertThat(site.shown("second")).contains(second.digest());
  }

  @Test
  void aLineOfALaterReleaseIsPassedOver() throws Exception {
    hub.laterLine = true;
    next = hub.image(2);
    hub.push(SiteBed.REPOSITORY, "1.0", next);

    goesOn();
  }
}
