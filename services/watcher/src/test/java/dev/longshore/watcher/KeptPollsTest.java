package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Topic;
import dev.longshore.oci.testing.Fault;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.RandomImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a watcher keeps of its polls, and tells, whatever breaks them off. */
@Timeout(120)
class KeptPollsTest {
  @TempDir Path folder;
  private SharedPolls polls;

  @BeforeEach
  void prepare() {
    polls = new SharedPolls(folder);
  }

  @AfterEach
  void stop() throws Exception {
    polls.close();
  }

  /** Kafka's client throws one where no name of a broker is known for a moment. */
  @Test
  void aPartitionWhoseStatesCannotBeReadForOnceIsPolledToo() throws Exception {
    polls.registry.push(PolledHub.name("team/app"), "v1", RandomImage.of(1));
    for (int n = 0; n < Topic.PARTITIONS; n++) {
      polls.defects.add(new IllegalStateException("for once"));
    }

    polls.start(hint -> {}, SharedPolls.all());

    Eventually.await("the poll", () -> polls.repositories() == 1);
  }

  @Test
  void aPollThatTheRegistryBreaksOffGoesOnWhereItWas() throws Exception {
    polls.tags(40);
    polls
        .registry
        .faults()
        .always("t0030", new Fault.Status(429, Optional.of(Duration.ofMinutes(30))));
    SharedPolls.Watcher watcher = polls.start(hint -> {}, SharedPolls.all());
    Eventually.await("a cursor", () -> polls.cursor().equals(Optional.of("t0029")));
    Eventually.await("the trouble", () -> polls.states().containsKey("localhost:5055"));
    Eventually.await(
        "what status tells", () -> String.valueOf(polls.list().error()).contains("429"));
    assertThat(polls.list().nextPollAt())
        .isEqualTo(polls.clock.instant().plus(Duration.ofMinutes(30)));
    assertThat(polls.list().completedAt()).as("of the list").isNotNull();
    polls.registry.faults().clear();
    int before = polls.registry.requests().size();

    assertThat(watcher.endpoints.isOpen(PolledHub.REGISTRY)).as("for fresh pushes").isTrue();
    watcher.endpoints.succeeded(PolledHub.POLLS);

    Eventually.await("the poll's end", () -> polls.state().completedAt() != null);
    assertThat(
            polls.registry.requests().stream().skip(before).filter(r -> r.startsWith("resolve ")))
        .hasSize(10);
  }

  @Test
  void aPollWhoseHintsKafkaDoesNotTakeHoldsItsPlaceAndGoesOnWhenItDoes() throws Exception {
    polls.tags(40);
    AtomicBoolean away = new AtomicBoolean(true);
    AtomicInteger refused = new AtomicInteger();
    List<String> taken = new CopyOnWriteArrayList<>();
    HintSink hints =
        hint -> {
          String body = new String(hint.bytes(), StandardCharsets.UTF_8);
          if (away.get() && body.contains("t0030")) {
            refused.incrementAndGet();
            throw new HintNotStoredException("Kafka is away", new IllegalStateException());
          }
          taken.add(body.replaceAll(".*(t[0-9]{4}).*", "$1"));
        };
    polls.start(hints, SharedPolls.all());
    Eventually.await("several tries", () -> refused.get() > 5);
    Eventually.await("its place", () -> polls.cursor().equals(Optional.of("t0029")));
    assertThat(polls.state().completedAt()).isNull();

    away.set(false);

    Eventually.await("the poll's end", () -> polls.state().completedAt() != null);
    assertThat(taken)
        .as("each of the tags once, those before its place not again")
        .containsExactlyElementsOf(IntStream.range(0, 40).mapToObj("t%04d"::formatted).toList());
  }

  /** Otherwise nobody knew for a whole interval how much there is to do. */
  @Test
  void aListThatWasLookedAtBeforeItsKeyCameIsToldOfAllTheSame() throws Exception {
    polls.tags(1);
    SharedPolls.Watcher watcher = polls.add(hint -> {}, SharedPolls.all());
    CompletableFuture<Void> round = new CompletableFuture<>();
    watcher.watcher.reconcileAll(() -> round.complete(null));
    watcher.watcher.startPolls();
    round.get(1, TimeUnit.MINUTES);
    assertThat(polls.states()).as("no key is here yet").isEmpty();

    watcher.start();

    Eventually.await("the list", () -> polls.states().containsKey("localhost:5055"));
    assertThat(polls.list().listed()).isEqualTo(1);
  }

  @Test
  void aRepositoryThatIsGoneLeavesNoState() throws Exception {
    polls.tags(1);
    polls.registry.push(PolledHub.name("team/other"), "v1", RandomImage.of(2));
    SharedPolls.Watcher watcher = polls.start(hint -> {}, SharedPolls.all());
    Eventually.await("the polls", () -> polls.repositories() == 2);

    polls.registry.drop(PolledHub.name("team/other"));
    watcher.watcher.reconcileAll(() -> {});

    Eventually.await("its end", () -> polls.repositories() == 1);
    assertThat(polls.states()).containsKey("localhost:5055/team/app");
  }
}
