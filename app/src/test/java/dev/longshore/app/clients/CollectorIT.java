package dev.longshore.app.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.app.FreePorts;
import dev.longshore.app.LongshoreProcess;
import dev.longshore.app.parts.Ports;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryPusher;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.RandomImage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a development run sends by OTLP, as the OpenTelemetry Collector understands it. Asked for by
 * {@code -Dlongshore.collector=true}: the collector is built when it is first used.
 */
@EnabledIfSystemProperty(named = "longshore.collector", matches = "true")
@Timeout(1_200)
class CollectorIT {
  private static final Duration START = Duration.ofMinutes(3);
  private static final Duration MIRRORED = Duration.ofMinutes(2);

  /** From the registry's word to the copies. */
  private static final Set<String> STEPS =
      Set.of(
          "process longshore.hints",
          "process longshore.observed",
          "process longshore.converted",
          "pin");

  @TempDir Path folder;
  private final Ports ports = FreePorts.find();

  @Test
  void aPushIsOneTraceAndEachMetricHasADescription() throws Exception {
    try (OtelCollector collector = new OtelCollector(folder)) {
      try (LongshoreProcess up =
          LongshoreProcess.startToTheEnd(
              folder.resolve("home"),
              "up",
              "--port-offset",
              Integer.toString(ports.offset()),
              "--set",
              "telemetry.otlp-endpoint=" + collector.address(),
              "--set",
              "telemetry.otlp-metrics=true")) {
        up.awaitOutput("longshore is ready", START);
        push();
        Eventually.answer(
            MIRRORED, () -> ofOnePush(collector.traces()), spans -> spans.containsAll(STEPS));
        up.terminate();
        up.await(START);
      }
      // The last ones are sent when it ends.
      List<JsonNode> metrics = metrics(collector);
      assertThat(metrics)
          .allMatch(metric -> !metric.path("description").asText().isEmpty())
          .extracting(metric -> metric.path("name").asText())
          .contains("longshore.image.lag", "longshore.records", "longshore.loop.turn_limit");
      assertThat(collector.metrics())
          .extracting(process -> attribute(process.path("resource"), "service.instance.id"))
          .allMatch(instance -> !instance.isEmpty());
    }
  }

  private void push() throws Exception {
    RepositoryName name =
        new RepositoryName(new RegistryHost("localhost:" + ports.registry()), "team/traced");
    InMemoryRegistry source = new InMemoryRegistry();
    source.push(name, "1.0", RandomImage.of(9));
    var _ =
        new RegistryPusher(Registries.of(), ClientSettings.defaults())
            .push(source, Reference.tagged(name, "1.0"), name, "1.0");
  }

  /** Names of the spans of the trace in which something was pinned; none before there is one. */
  private static Set<String> ofOnePush(List<JsonNode> traces) {
    Map<String, Set<String>> names = new HashMap<>();
    for (JsonNode process : traces) {
      for (JsonNode scope : process.path("scopeSpans")) {
        for (JsonNode span : scope.path("spans")) {
          assertThat(span.path("endTimeUnixNano").asLong())
              .isGreaterThanOrEqualTo(span.path("startTimeUnixNano").asLong());
          names
              .computeIfAbsent(span.path("traceId").asText(), _ -> new HashSet<>())
              .add(span.path("name").asText());
        }
      }
    }
    return names.values().stream()
        .filter(spans -> spans.contains("pin"))
        .findFirst()
        .orElse(Set.of());
  }

  private static List<JsonNode> metrics(OtelCollector collector) {
    return collector.metrics().stream()
        .flatMap(process -> all(process.path("scopeMetrics")))
        .flatMap(scope -> all(scope.path("metrics")))
        .toList();
  }

  private static Stream<JsonNode> all(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false);
  }

  private static String attribute(JsonNode resource, String key) {
    return all(resource.path("attributes"))
        .filter(one -> one.path("key").asText().equals(key))
        .map(one -> one.at("/value/stringValue").asText())
        .findFirst()
        .orElse("");
  }
}
