package dev.longshore.watcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.events.Hint;
import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.testing.Fault;
import dev.longshore.oci.testing.Faults;
import dev.longshore.oci.testing.Referrers;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.config.PollSettings;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.settings.value.Listen;
import dev.longshore.testing.RandomImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SyncTest {
  private final WatchedHub hub = new WatchedHub();
  private final List<Hint> hints = new ArrayList<>();
  private final List<String> differences = new ArrayList<>();
  private final List<String> failed = new ArrayList<>();

  @AfterEach
  void close() {
    hub.catalog.close();
  }

  @Test
  void tellsWhatIsNewWhatMovedAndWhatIsGone() throws Exception {
    known("team/app", "same", 1);
    known("team/app", "moved", 2);
    push("team/app", "moved", 3);
    known("team/app", "gone", 4);
    hub.images.untag(WatchedHub.name("team/app"), "gone");
    push("team/other", "fresh", 5);
    RandomImage signature = Referrers.signatureOf(RandomImage.of(1), "signed");
    signature
        .blobs()
        .values()
        .forEach(blob -> hub.images.pushBlob(WatchedHub.name("team/app"), blob));
    signature
        .manifests()
        .forEach(
            m -> hub.images.pushManifest(WatchedHub.name("team/app"), m.mediaType(), m.body()));

    sync(null);

    assertThat(differences)
        .containsExactlyInAnyOrder(
            "MOVED localhost:5055/team/app:moved",
            "GONE localhost:5055/team/app:gone",
            "NEW localhost:5055/team/app@" + Digest.parse(signature.rootDigest()),
            "NEW localhost:5055/team/other:fresh");
    assertThat(failed).isEmpty();
  }

  @Test
  void itsHintsMakeTheDifferenceGo() throws Exception {
    known("team/app", "gone", 4);
    hub.images.untag(WatchedHub.name("team/app"), "gone");
    push("team/app", "fresh", 5);
    sync(null);
    for (Hint hint : List.copyOf(hints)) {
      hub.handle(hint);
    }
    differences.clear();

    sync(null);

    assertThat(differences).isEmpty();
  }

  @Test
  void aTagThatCameBackIsNew() throws Exception {
    known("team/app", "back", 4);
    hub.images.untag(WatchedHub.name("team/app"), "back");
    sync(null);
    hub.handle(hints.getFirst());
    differences.clear();
    push("team/app", "back", 4);

    sync(null);

    assertThat(differences).containsExactly("NEW localhost:5055/team/app:back");
  }

  @Test
  void asksForNoOtherRepositoryThanTheNamed() throws Exception {
    push("team/app", "v1", 1);
    push("elsewhere/app", "v1", 2);

    sync("elsewhere/app");

    assertThat(differences).containsExactly("NEW localhost:5055/elsewhere/app:v1");
    assertThat(hub.images.requests())
        .noneMatch(r -> r.startsWith("catalog") || r.contains("team/app"));
  }

  @Test
  void aRepositoryThatIsRefusedHidesNoOtherAndLeavesNoHint() throws Exception {
    push("team/app", "v1", 1);
    push("team/refused", "v1", 2);
    hub.images.refuse(WatchedHub.name("team/refused"), new Fault.Status(403));

    sync(null);

    assertThat(differences).containsExactly("NEW localhost:5055/team/app:v1");
    assertThat(failed).singleElement().asString().contains("team/refused", "403");
    assertThat(hints).hasSize(1);
  }

  @Test
  void aRepositoryThatIsNotThereIsAFailure() throws Exception {
    sync("team/absent");

    assertThat(failed).singleElement().asString().contains("team/absent");
    assertThat(hints).isEmpty();
  }

  @Test
  void aRegistryThatIsAwayEndsIt() {
    push("team/app", "v1", 1);
    hub.images.faults().always(Faults.ANY, new Fault.Status(503));

    assertThatThrownBy(() -> sync(null))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("503");
  }

  private void sync(@Nullable String repository) throws Exception {
    hints.clear();
    new Sync(
            new RegistrySettings(
                "dev",
                WatchedHub.HOST,
                null,
                true,
                List.of(),
                null,
                new PollSettings(Duration.ofMinutes(5), List.of("team/*"), 1_000)),
            repository,
            hub.images,
            hub.catalog,
            new Rules(List.of()),
            new WatcherSettings(ListenerSettings.open(new Listen("127.0.0.1", 0)), false),
            hints::add,
            difference -> differences.add(difference.change() + " " + difference.reference()),
            false,
            hub.clock)
        .run(_ -> {}, failure -> failed.add(failure.repository() + ": " + failure.error()));
  }

  private void known(String repository, String tag, long seed) throws Exception {
    hub.pushed(repository, push(repository, tag, seed).digest(), tag);
  }

  private Descriptor push(String repository, String tag, long seed) {
    return hub.images.push(WatchedHub.name(repository), tag, RandomImage.of(seed));
  }
}
