package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.events.SiteCredentialsState;
import dev.longshore.model.SiteName;
import dev.longshore.resolver.hub.access.CredentialChanges;
import dev.longshore.settings.value.Durations;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What people ask of a site: {@code site pause}, {@code site resume} and {@code site sync}. */
record SiteOrders(CommonOptions options, Terminal terminal, Clock clock) {
  /** Longer ones are for {@code paused} of a group, or for {@code site revoke}. */
  private static final Duration LONGEST_PAUSE = Duration.ofDays(365);

  ExitCode pause(SiteName site, @Nullable String time)
      throws CommandException, InterruptedException {
    Instant now = now();
    Instant until = time == null ? null : now.plus(time(time));
    change("site pause", site, state -> CredentialChanges.paused(state, now, until));
    return said(
        answer(site).put("paused", true).put("until", until == null ? null : until.toString()),
        "%s fetches nothing that nobody asks for, %s"
            .formatted(
                site,
                until == null ? "until 'longshore site resume " + site + "'" : "until " + until));
  }

  ExitCode resume(SiteName site) throws CommandException, InterruptedException {
    Instant now = now();
    change("site resume", site, state -> CredentialChanges.resumed(state, now));
    return said(answer(site).put("paused", false), site + " fetches again");
  }

  ExitCode sync(SiteName site) throws CommandException, InterruptedException {
    Instant now = now();
    change("site sync", site, state -> CredentialChanges.synced(state, now));
    return said(
        answer(site).put("syncAt", now.toString()),
        site + " tries at once what waits, when it hears of it");
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  private static Duration time(String text) throws CommandException {
    try {
      Duration time = Durations.parse(text);
      if (time.isPositive() && time.compareTo(LONGEST_PAUSE) <= 0) {
        return time;
      }
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, "--for: " + e.getMessage(), e);
    }
    throw new CommandException(
        ExitCode.USAGE, "--for: " + text + " (expected: more than 0s, up to 365d)", null);
  }

  private void change(String command, SiteName site, UnaryOperator<SiteCredentialsState> order)
      throws CommandException, InterruptedException {
    var _ =
        new OwnSites(options.settings(), terminal, clock)
            .change(
                command,
                site,
                current -> {
                  SiteCredentialsState state = current.orElseThrow(() -> SiteCommand.noSite(site));
                  if (state.revokedAt() != null) {
                    throw new CommandException(
                        "site %s: revoked; no hub speaks to it".formatted(site));
                  }
                  return Optional.of(order.apply(state));
                });
  }

  private static ObjectNode answer(SiteName site) {
    return JsonNodeFactory.instance.objectNode().put("site", site.text());
  }

  private ExitCode said(ObjectNode json, String text) {
    if (options.json) {
      terminal.json(json);
    } else {
      terminal.result(text);
    }
    return ExitCode.COMPLETE;
  }
}
