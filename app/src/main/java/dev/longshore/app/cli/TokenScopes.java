package dev.longshore.app.cli;

import dev.longshore.runtime.edge.rights.Scope;
import dev.longshore.settings.value.Durations;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a new token allows. */
final class TokenScopes {
  private static final String WHERE_IT_PULLS = "-";

  @Option(
      names = "--pull",
      paramLabel = "PATTERN",
      description =
          "may pull these repositories, such as docker.io/library/*, or team/** in every registry;"
              + " may be repeated")
  private List<String> pull = new ArrayList<>();

  @Option(
      names = "--look-up",
      paramLabel = "PATTERN",
      arity = "0..1",
      fallbackValue = WHERE_IT_PULLS,
      description = "may look up images (/v1/resolve, gRPC) in these repositories")
  private List<String> lookUp = new ArrayList<>();

  @Option(names = "--pins", description = "may see the copies of every image (/v1/pins, gRPC)")
  private boolean pins;

  @Option(
      names = "--decide",
      description = "may decide on the operations page; needs --pins and --look-up '**' too")
  private boolean decide;

  @Option(names = "--hint", description = "may send notifications of a registry")
  private boolean hint;

  @Option(names = "--health", description = "may read /health")
  private boolean health;

  @Option(names = "--metrics", description = "may read /metrics")
  private boolean metrics;

  @Option(
      names = "--speak-for",
      description = "may say for which person it calls; for a login proxy")
  private boolean speakFor;

  @Option(
      names = "--expires",
      paramLabel = "TIME",
      description = "lifetime, such as 90d; default: for ever")
  private @Nullable String expires;

  List<Scope> scopes() {
    List<Scope> scopes = new ArrayList<>();
    add(scopes, Scope.PULL, !pull.isEmpty());
    add(scopes, Scope.LOOK_UP, !lookUp.isEmpty());
    add(scopes, Scope.PINS, pins);
    add(scopes, Scope.DECIDE, decide);
    add(scopes, Scope.HINT, hint);
    add(scopes, Scope.HEALTH, health);
    add(scopes, Scope.METRICS, metrics);
    add(scopes, Scope.SPEAK_FOR, speakFor);
    return scopes;
  }

  private static void add(List<Scope> scopes, Scope scope, boolean wanted) {
    if (wanted) {
      scopes.add(scope);
    }
  }

  List<String> repositories() {
    Set<String> repositories = new LinkedHashSet<>(pull);
    lookUp.stream().filter(text -> !text.equals(WHERE_IT_PULLS)).forEach(repositories::add);
    return List.copyOf(repositories);
  }

  /** When it expires, if it does. */
  Optional<Instant> end(Clock clock) {
    return Optional.ofNullable(expires)
        .map(text -> clock.instant().plus(Durations.parse(text)).truncatedTo(ChronoUnit.SECONDS));
  }
}
