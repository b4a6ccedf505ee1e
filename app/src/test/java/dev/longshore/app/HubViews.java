package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.app.LongshoreProcess.Ended;
import dev.longshore.app.cli.HomeCommand;
import dev.longshore.app.parts.Ports;
import dev.longshore.model.RepositoryName;
import dev.longshore.runtime.testing.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a hub says of its site {@code shop}: by commands, the operations page and metrics.
 *
 * @param name repository with an image 1.1 that the site holds, and one more
 */
record HubViews(HttpClient client, RepositoryName name, Path home, Ports hub) {
  private static final Duration COMMAND = Duration.ofMinutes(2);

  /** What the operations page beside the hub shows. */
  private JsonNode page(String view) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + hub.ops() + "/api/" + view);
    return new ObjectMapper()
        .readTree(client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body());
  }

  /** By the hub's service: it is up to date, and when the second image came is measured. */
  void lagIsTold() throws Exception {
    Ended lag = HomeCommand.run(home, COMMAND, "lag", "--site", "shop", "--json");
    JsonNode site = new ObjectMapper().readTree(lag.out()).at("/sites/0");
    assertThat(site.get("state").asText()).as(lag.out()).isEqualTo("up-to-date");
    assertThat(site.at("/nodes/0/present/images").asInt()).isEqualTo(2);
    assertThat(page("site?site=shop").path("state").asText()).isEqualTo("up-to-date");
    assertThat(page("image?image=" + name + ":1.1").at("/sites/places/present").asInt()).isOne();
    Ended why = HomeCommand.run(home, COMMAND, "why", name + ":1.1", "--site", "shop");
    assertThat(why.out()).startsWith(name + ":1.1 at shop: it is there\n");
    Ended other = HomeCommand.run(home, COMMAND, "why", name.host() + "/other:1", "--site", "shop");
    assertThat(other.out()).contains("no rule of group shops names it", "rule   **/team/**");
    Eventually.await(
        "the hub measured the image's way",
        () -> {
          String metrics = metrics(hub);
          return metrics.contains("longshore_site_up_to_date{site=\"shop\"} 1")
              && Pattern.compile("longshore_site_lag_seconds_count\\{.*stage=\"present\".*} 1")
                  .matcher(metrics)
                  .find()
              && Pattern.compile("longshore_image_lag_seconds_count\\{.*\"all_copies\".*} 2")
                  .matcher(metrics)
                  .find();
        });
  }

  /** The trace of the push is the one that the page names. */
  void tracesLeadToThePush(TraceCollector traces) throws Exception {
    String push = page("image?image=" + name + ":1.1").path("traceId").asText();
    assertThat(push).hasSize(32);
    for (String span : List.of("fetch", "pull .*team/app:1[.]1")) {
      Eventually.await(
          "the site's span '" + span + "' is linked to the push, in " + traces.spans(),
          () ->
              traces.spans().stream()
                  .anyMatch(each -> each.name().matches(span) && each.links().contains(push)));
    }
  }

  String metrics(Ports of) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + of.health() + "/metrics"))
            .timeout(Duration.ofSeconds(60))
            .build();
    try {
      return client.send(request, BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
