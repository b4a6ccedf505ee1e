package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.app.backfill.BackfillPlan;
import dev.longshore.app.backfill.PlanMemory;
import dev.longshore.app.settings.Settings;
import dev.longshore.catalog.Catalog;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.model.PeerName;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.source.RequestBudget;
import dev.longshore.pinner.SpacePlan;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.config.PeersAndRules;
import dev.longshore.runtime.config.PollSettings;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImageOptions;
import dev.longshore.watcher.BackfillListing;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plan says what the services then do. */
class PlannedBackfillTest {
  private static final RandomImageOptions WIDE =
      RandomImageOptions.multiPlatform().withLayers(3, 200_000);
  private static final RepositoryName OTHER =
      new RepositoryName(InMemoryLongshore.APP.host(), "team/other");

  @TempDir Path folder;

  @Test
  void theServicesSendTheRequestsAndStoreTheBytesThatThePlanSaid() throws Exception {
    try (InMemoryLongshore longshore = new InMemoryLongshore(folder)) {
      RandomImage one = RandomImage.of(1, WIDE);
      RandomImage two = RandomImage.of(2, RandomImageOptions.small().withLayers(2, 200_000));
      Descriptor first = longshore.registry.push(InMemoryLongshore.APP, "1", one);
      Descriptor second = longshore.registry.push(InMemoryLongshore.APP, "2", two);
      longshore.registry.push(OTHER, "1", one);
      JsonNode plan = plan(longshore, InMemoryLongshore.settings(folder));
      int before = longshore.registry.requests().size();

      longshore.tell("1", first);
      longshore.awaitCopies(first, 3);
      longshore.tell("2", second);
      longshore.awaitCopies(second, 3);
      longshore.tell(OTHER, "1", first);
      var _ =
          longshore
              .catalog
              .await(
                  () ->
                      longshore.catalog.conversions().forRepository(OTHER, first.digest()).stream()
                          .findFirst(),
                  InMemoryLongshore.SOON)
              .orElseThrow();

      JsonNode work = plan.at("/registries/0");
      List<String> sent = longshore.registry.requests();
      List<String> requests = sent.subList(before, sent.size());
      assertThat(work.get("requestsOfThisPlan").asInt()).isEqualTo(before);
      assertThat(count(requests, "resolve ")).isEqualTo(work.get("looks").asLong());
      assertThat(count(requests, "manifest ")).isEqualTo(work.get("manifests").asLong());
      assertThat(count(requests, "blob ")).isEqualTo(work.get("blobs").asLong());
      assertThat(count(requests, "serves ")).isEqualTo(work.get("questions").asLong());
      for (JsonNode peer : plan.get("peers")) {
        long planned = peer.get("bytes").asLong();
        InMemoryIpfsNode node = longshore.nodes.get(peer.get("peer").asText());
        assertThat(node.repoStat(Deadline.after(InMemoryLongshore.SOON)).usedBytes())
            .as("directories and blocks of blocks come to it: " + peer)
            .isBetween(planned, planned + planned / 20);
      }
    }
  }

  private static long count(List<String> requests, String kind) {
    return requests.stream().filter(request -> request.startsWith(kind)).count();
  }

  private static JsonNode plan(InMemoryLongshore longshore, Settings settings) throws Exception {
    Catalog catalog = longshore.catalog;
    RegistrySettings registry = settings.shared().registries().getFirst();
    PollSettings polled = new PollSettings(Duration.ofMinutes(5), List.of("**"), 1_000_000_000);
    Rules rules = new Rules(settings.shared().rules());
    BackfillPlan plan =
        new BackfillPlan(
            catalog,
            rules,
            new SpacePlan(
                catalog,
                PeersAndRules.of(settings.shared()),
                longshore::node,
                new PeerName("a"),
                settings.pinner().collectBelow(),
                Clock.systemUTC()),
            settings.converter().maxImageSize(),
            _ -> {});
    plan.add(
        registry.host(),
        polled,
        memory ->
            new BackfillListing(
                registry,
                "**",
                longshore.registry,
                RequestBudget.perSecond(polled.requestsPerSecond()),
                _ -> {},
                memory,
                catalog,
                rules,
                settings.watcher(),
                Clock.systemUTC()),
        PlanMemory.none());
    return plan.counted().json();
  }
}
