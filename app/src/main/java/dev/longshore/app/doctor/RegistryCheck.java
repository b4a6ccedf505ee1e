package dev.longshore.app.doctor;

import dev.longshore.app.login.RegistryAccess;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.check.Check;
import dev.longshore.model.check.Findings;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Attempt;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.login.NoLoginException;
import dev.longshore.oci.registry.ClientSettings;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryClient;
import dev.longshore.oci.registry.RetryPolicy;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.oci.source.Page;
import dev.longshore.runtime.config.PollSettings;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.service.health.ClockSkew;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** One registry: whether it answers, takes our credentials, and lets us list and read. */
record RegistryCheck(RegistrySettings registry, Clock clock) implements Check {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  @Override
  public String part() {
    return "registry " + registry.name();
  }

  @Override
  public void look(Findings findings) {
    RegistryAccess access = RegistryAccess.of(registry);
    if (!answers(access, findings) || !logsIn(access, findings)) {
      return;
    }
    ImageSource images =
        new RegistryClient(
            Registries.of(access.config()),
            ClientSettings.defaults()
                .withTimeouts(LIMIT, LIMIT, LIMIT)
                .withRetry(RetryPolicy.never()));
    Optional<String> repository = repository(findings, images);
    if (repository.isPresent()) {
      tags(findings, images, repository.get());
    }
  }

  /**
   * Whether there are credentials to show; whether the registry takes them is seen by a listing.
   */
  private boolean logsIn(RegistryAccess access, Findings findings) {
    if (registry.credentials() == null) {
      return true;
    }
    String tried = "get credentials from " + access.from();
    try {
      var _ = access.config().login().current(new Attempt("log in to", registry.host()));
      findings.fine(tried, "there are some");
      return true;
    } catch (RegistryException e) {
      findings.wrong(
          tried, e.reason(), "correct credentials of registry %s".formatted(registry.name()));
      return false;
    }
  }

  private boolean answers(RegistryAccess access, Findings findings) {
    URI root = URI.create(registry.endpoint() + "/v2/");
    String tried = "GET " + root;
    try {
      WebLook.Answer answer = WebLook.of(access.tls().orElse(null)).get(root);
      // 401 is the answer of a registry that wants a login, which this request does not show.
      if (answer.status() == 200 || answer.status() == 401) {
        findings.fine(tried, "a registry answers");
        answer.date().ifPresent(date -> ClockSkew.judge(findings, registry.host(), date, clock));
        return true;
      }
      findings.wrong(
          tried,
          "status " + answer.status(),
          "set url of the registry to where its API answers; see what stands before it");
    } catch (NoLoginException e) {
      findings.wrong(tried, String.valueOf(e.getMessage()), "correct credentials.containerd-hosts");
    } catch (IOException e) {
      findings.wrong(
          tried,
          WebLook.reason(e),
          "start it, or correct host, url, plain-http and tls of registry " + registry.name());
    }
    return false;
  }

  /** One to read tags of; none where none is known, or none may be listed. */
  private Optional<String> repository(Findings findings, ImageSource images) {
    Optional<String> named = named();
    try {
      Page page = images.catalog(new RegistryHost(registry.host()), Page.START);
      String more = page.next().isPresent() ? "and more" : "in all";
      findings.fine(
          "list its repositories", "%d %s".formatted(page.items().size(), more) + credentials());
      return named.or(() -> page.items().stream().findFirst());
    } catch (RegistryException e) {
      boolean other = named.isPresent() && e.kind() != Kind.TRANSIENT;
      if (other && looksForPatterns()) {
        findings.warning(
            "list its repositories",
            "refused, so that poll.repositories finds only those that it names without *",
            "name all of them there, or let the user of registry %s list them"
                .formatted(registry.name()));
      } else if (other) {
        findings.fine(
            "list its repositories", "refused, and not needed: poll.repositories names them");
      } else {
        wrong(findings, "list its repositories", e);
      }
      return other ? named : Optional.empty();
    }
  }

  private String credentials() {
    return registry.credentials() == null ? ", nobody asked who calls" : ", credentials accepted";
  }

  /** The first that is configured by its whole name. */
  private Optional<String> named() {
    PollSettings poll = registry.poll();
    return poll == null
        ? Optional.empty()
        : poll.repositories().stream().filter(name -> name.indexOf('*') < 0).findFirst();
  }

  private boolean looksForPatterns() {
    PollSettings poll = registry.poll();
    return poll != null && poll.repositories().stream().anyMatch(name -> name.indexOf('*') >= 0);
  }

  private void tags(Findings findings, ImageSource images, String repository) {
    String tried = "list tags of " + repository;
    try {
      Page page =
          images.tags(
              new RepositoryName(new RegistryHost(registry.host()), repository), Page.START);
      findings.fine(tried, page.items().size() + " tags");
    } catch (RegistryException e) {
      if (e.kind() == Kind.NOT_FOUND) {
        findings.warning(
            tried, "there is no such repository", "correct poll.repositories, or push to it");
      } else {
        wrong(findings, tried, e);
      }
    }
  }

  private void wrong(Findings findings, String tried, RegistryException e) {
    String status = e.status().isPresent() ? "status " + e.status().getAsInt() + ": " : "";
    String remedy =
        e.kind() == Kind.UNAUTHORIZED
            ? "correct credentials of registry %s: its user must be allowed to pull, and to list what poll looks for"
                .formatted(registry.name())
            : e.kind().advice();
    findings.wrong(tried, status + e.reason(), remedy);
  }
}
