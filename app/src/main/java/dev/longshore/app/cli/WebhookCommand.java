package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.query.find.QueryException;
import dev.longshore.app.settings.Settings;
import dev.longshore.runtime.config.NotificationFormat;
import dev.longshore.runtime.config.NotificationSettings;
import dev.longshore.runtime.config.RegistrySettings;
import dev.longshore.runtime.edge.access.ListenerSettings;
import dev.longshore.settings.Loaded;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code webhook}: how a registry's sender is set up, and whether it is. */
@Command(
    name = "webhook",
    description = {
      "Prints how to set up a sender of notifications: address, header and steps.",
      "SENDER is one of distribution, harbor, zot, dockerhub, quay, github, gitlab, gitea,"
          + " cloudevents, json."
    })
final class WebhookCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Parameters(paramLabel = "SENDER", description = "program that sends notifications")
  private String sender = "";

  @Option(
      names = "--registry",
      paramLabel = "NAME",
      description = "registry that it reports, by its name in the settings")
  private @Nullable String registry;

  @Option(
      names = "--host",
      paramLabel = "HOST[:PORT]",
      description = "address at which the sender reaches the watcher")
  private @Nullable String host;

  @Option(names = "--test", description = "waits for a notification, and shows what became of it")
  private boolean test;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "how long --test waits; default: ${DEFAULT-VALUE}")
  private int wait;

  WebhookCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws QueryException, InterruptedException {
    NotificationFormat format = format();
    Loaded<Settings> loaded = options.loaded();
    List<RegistrySettings> all = loaded.settings().shared().registries();
    RegistrySettings its = registry(all, format);
    if (test) {
      return new WebhookTrial(loaded.settings(), its, terminal, options.json)
          .run(Duration.ofSeconds(wait));
    }
    print(loaded, all.indexOf(its), its, format);
    return ExitCode.COMPLETE.code();
  }

  private NotificationFormat format() throws CommandException {
    for (NotificationFormat each : NotificationFormat.values()) {
      if (each.text().equals(sender)) {
        return each;
      }
    }
    throw new CommandException(
        ExitCode.USAGE,
        "%s is no known sender (expected: one of %s)"
            .formatted(
                sender,
                Arrays.stream(NotificationFormat.values())
                    .map(NotificationFormat::text)
                    .collect(Collectors.joining(", "))),
        null);
  }

  private RegistrySettings registry(List<RegistrySettings> all, NotificationFormat format)
      throws CommandException {
    List<RegistrySettings> named =
        all.stream()
            .filter(
                each ->
                    registry == null
                        ? each.sender().notifications() == format
                        : each.name().equals(registry))
            .toList();
    if (named.size() == 1) {
      return named.getFirst();
    }
    if (registry == null && all.size() == 1) {
      return all.getFirst();
    }
    throw new CommandException(
        ExitCode.USAGE,
        "%s (expected: --registry with one of %s)"
            .formatted(
                registry == null
                    ? "it is not clear which registry is meant"
                    : "no registry is called " + registry,
                all.stream().map(RegistrySettings::name).toList()),
        null);
  }

  private void print(
      Loaded<Settings> loaded, int index, RegistrySettings its, NotificationFormat format) {
    Optional<Path> own =
        Optional.ofNullable(
            loaded.secretFiles().get("registries[%d].notification-secret-file".formatted(index)));
    NotificationSettings settings = its.sender();
    WebhookSteps.Shown shown = WebhookSteps.shown(format, settings);
    Optional<Path> file =
        shown == WebhookSteps.Shown.HEADER ? own.or(() -> listenersToken(loaded)) : own;
    String secret =
        "<the content of %s>".formatted(file.map(Path::toString).orElse("the secret's file"));
    String hook = address(loaded.settings().watcher().webhooks(), its);
    String address = shown == WebhookSteps.Shown.ADDRESS ? hook + "/" + secret : hook;
    String header = WebhookSteps.header(format, settings, secret);
    List<String> missing = missing(its, format, file);
    List<String> steps = WebhookSteps.of(format, settings, address, secret);
    if (options.json) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      answer.put("registry", its.name()).put("sender", format.text()).put("address", address);
      if (shown == WebhookSteps.Shown.HEADER) {
        answer.put("header", header);
      }
      missing.forEach(answer.putArray("missing")::add);
      steps.forEach(answer.putArray("steps")::add);
      terminal.json(answer);
      return;
    }
    terminal.result("address  " + address);
    switch (shown) {
      case HEADER -> terminal.result("header   " + header);
      case ADDRESS -> terminal.result("header   none: the address shows the secret");
      case SIGNATURE -> terminal.result("header   none: it signs what it sends with the secret");
    }
    missing.forEach(line -> terminal.result("first    " + line));
    terminal.result("");
    terminal.result(steps);
    terminal.result("");
    terminal.result(
        "Then: longshore webhook %s --registry %s --test".formatted(format.text(), its.name()));
  }

  private static Optional<Path> listenersToken(Loaded<Settings> loaded) {
    return Optional.ofNullable(loaded.secretFiles().get("watcher.webhooks.credentials.token-file"));
  }

  /** What the configuration lacks. */
  private static List<String> missing(
      RegistrySettings its, NotificationFormat format, Optional<Path> file) {
    List<String> missing = new ArrayList<>();
    if (its.sender().notifications() != format) {
      missing.add(
          "set notifications: %s for registry %s; it is %s"
              .formatted(format.text(), its.name(), its.sender().notifications().text()));
    }
    if (file.isEmpty()) {
      missing.add(
          "set notification-secret-file for registry %s to a file made with: openssl rand -hex 32"
              .formatted(its.name()));
    }
    return missing;
  }

  private String address(ListenerSettings webhooks, RegistrySettings its) {
    String place = host == null ? "HOST" : host;
    String port = host != null && host.matches(".*:[0-9]+") ? "" : ":" + webhooks.listen().port();
    return "%s://%s%s/hooks/%s".formatted(webhooks.scheme(), place, port, its.name());
  }
}
