package dev.longshore.app.deploy;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.app.NoSecondTry;
import dev.longshore.app.deploy.Pushes.Pushed;
import dev.longshore.app.faults.Turn;
import dev.longshore.programs.Command;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.FirstSeed;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * deploy/compose from its real images, started once by Testcontainers for all that is asked.
 *
 * <p>{@code -Dlongshore.composition.rounds} is the number of rounds that disturb parts: one
 * disturbs six of the ten, two disturb each part once, five, as at night, in each of the three
 * ways. The commit says which come first. With five, all modes are made, services are stopped in
 * order, and the whole is taken down and up again, too. CI runs it when it is its {@link Turn}.
 */
@Timeout(600)
@ExtendWith(NoSecondTry.class)
@EnabledIf(value = "isItsTurn", disabledReason = "another test's turn, by the commit's number")
public class CompositionIT {
  /** How long a part stands still or alone while pushes go on. */
  private static final Duration DISTURBED = Duration.ofSeconds(4);

  private static final int ROUNDS = Integer.getInteger("longshore.composition.rounds", 1);

  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final List<String> SERVICES =
      List.of("watcher", "converter", "pinner", "resolver");

  @EnabledIfSystemProperty(named = "longshore.composition.rounds", matches = "5")
  @Retention(RetentionPolicy.RUNTIME)
  private @interface AtNight {}

  @TempDir static Path folder;

  private static Composition composition;
  private static Pushes pushes;

  static boolean isItsTurn() {
    return Turn.isOf(CompositionIT.class, "longshore.composition.rounds");
  }

  @BeforeAll
  static void start() throws Exception {
    composition = Composition.start(folder);
    pushes = new Pushes(composition, folder);
    pushes.awaitPulled(pushes.push("team/first:v1"));
  }

  @AfterAll
  static void end() throws Exception {
    composition.close();
  }

  @Test
  void whatIsPushedIsMirroredAndPulledByteForByte() throws Exception {
    pushes.awaitPulled(pushes.push("team/app:v1"));
    Command.Ended found = untilComplete("resolve", composition.host() + "/team/app:v1");
    assertThat(found.out()).contains("3 of 3");
  }

  @Test
  @AtNight
  void lazyAndEncryptedImagesHaveTagsOfTheirOwn() throws Exception {
    Pushed pushed = pushes.push("modes/app:v1");
    pushes.awaitPulled(pushed);
    untilComplete("status");

    assertThat(pushes.tags("modes/app")).containsExactly("v1", "v1-encrypted", "v1-estargz");
    assertThat(pushes.manifest("modes/app:v1-estargz"))
        .contains("containerd.io/snapshot/stargz/toc.digest");
    assertThat(pushes.manifest("modes/app:v1-encrypted")).contains("+encrypted");
  }

  static List<Round> rounds() {
    return Round.of(FirstSeed.get(), ROUNDS);
  }

  @ParameterizedTest
  @MethodSource("rounds")
  void pushesArriveWhilePartsAreKilledPausedAndCutOff(Round round) throws Exception {
    Pushed before = pushes.all().getLast();
    try (ExecutorService client = Executors.newVirtualThreadPerTaskExecutor()) {
      round.killed().forEach(part -> composition.part(part).kill());
      round.paused().forEach(part -> composition.part(part).pause());
      Map<Part, String> networks =
          round.cut().stream().map(composition::part).collect(toMap(identity(), Part::cutOff));
      Future<Pushed> pushed =
          client.submit(() -> pushes.push("rounds/app:" + round.killed().getFirst()));
      round.killed().forEach(part -> composition.part(part).start());
      LockSupport.parkNanos(DISTURBED.toNanos());
      round.paused().forEach(part -> composition.part(part).goOn());
      networks.forEach(Part::connect);

      pushes.awaitPulled(pushed.get(LIMIT.toSeconds(), TimeUnit.SECONDS));
    }
    pushes.awaitPulled(before);
  }

  @Test
  @AtNight
  void servicesThatAreStoppedEndByThemselvesAndGoOnWhenTheyAreStarted() throws Exception {
    Pushed before = pushes.all().getLast();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Integer>> stops =
          SERVICES.stream().<Callable<Integer>>map(s -> () -> composition.part(s).stop()).toList();
      for (Future<Integer> exitCode : threads.invokeAll(stops)) {
        assertThat(exitCode.get()).as("each service ends by itself").isZero();
      }
    }
    Pushed meanwhile = pushes.push("team/meanwhile:v1");
    SERVICES.forEach(service -> composition.part(service).start());

    pushes.awaitPulled(meanwhile);
    pushes.awaitPulled(before);
  }

  @Test
  @AtNight
  void downAndUpKeepsWhatWasThere() throws Exception {
    pushes.awaitPulled(pushes.push("team/kept:v1"));

    composition.down();
    composition.up();

    for (Pushed pushed : pushes.all()) {
      pushes.awaitPulled(pushed);
    }
    untilComplete("status");
  }

  /** Commands end with 3 as long as copies are missing. */
  private static Command.Ended untilComplete(String... command) throws Exception {
    return Eventually.answer(
        LIMIT, () -> composition.command(command), result -> result.exitCode() == 0);
  }
}
