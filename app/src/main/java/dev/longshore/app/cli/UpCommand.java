package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.DevelopmentRun;
import dev.longshore.app.Longshore;
import dev.longshore.app.ServiceName;
import dev.longshore.app.parts.HomeLock;
import dev.longshore.app.parts.PartFailedException;
import dev.longshore.app.parts.Ports;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.settings.ConfigFile;
import dev.longshore.app.settings.FollowedSettings;
import dev.longshore.app.settings.Settings;
import dev.longshore.app.sites.Arrival;
import dev.longshore.runtime.service.lifecycle.Part;
import dev.longshore.settings.ConfigException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code up}: everything on one machine, or all services against the user's own parts. */
@Command(
    name = "up",
    description = {
      "Runs everything on this machine: Kafka, a registry, Kubo nodes and all services.",
      "With --config, runs only the services, against the parts that the file names."
    })
final class UpCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();
  @Mixin private final PortOption port = new PortOption();

  @Option(
      names = "--sites",
      paramLabel = "N",
      defaultValue = "0",
      description = "number of sites to run too, 0 to " + Ports.SITES + "; they get what is pushed")
  private int sites;

  UpCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    if (options.config != null && sites != 0) {
      throw new CommandException(
          ExitCode.USAGE, "--sites: not with --config (expected: a development run)", null);
    }
    return (options.config == null ? development() : services()).code();
  }

  private ExitCode development() throws CommandException, InterruptedException {
    if (sites < 0 || sites > Ports.SITES) {
      throw new CommandException(
          ExitCode.USAGE, "--sites: %d (expected: 0 to %d)".formatted(sites, Ports.SITES), null);
    }
    Logs.toFile(ConfigFile.home().log("longshore"), options.debug);
    ForegroundProgram program = new ForegroundProgram(terminal);
    terminal.now("starting Kafka, a registry and four Kubo nodes ...");
    long began = System.nanoTime();
    try (DevelopmentRun run =
        DevelopmentRun.prepare(
            ConfigFile.home(),
            port.ports(),
            new DevelopmentRun.More(sites, ""),
            options.set,
            program::died,
            Logs::hideToo,
            List.of())) {
      Logs.hide(run.secrets());
      List<Part> parts = new ArrayList<>(run.parts());
      if (sites > 0) {
        parts.add(run.sites(sites, this::arrived));
      }
      return program.run(parts, () -> ready(run, System.nanoTime() - began));
    } catch (PartFailedException | ConfigException | IOException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
  }

  private ExitCode services() throws CommandException, InterruptedException {
    FollowedSettings followed = options.followed();
    Settings settings = followed.started();
    Logs.ofProgram(settings.shared().telemetry(), options.debug, terminal.stderr());
    try (HomeLock _ = HomeLock.take(settings.shared().home(), "run")) {
      Longshore longshore =
          new Longshore(followed, EnumSet.allOf(ServiceName.class), false, List.of());
      return new ForegroundProgram(terminal).run(longshore.parts(), this::servicesReady);
    } catch (PartFailedException | IOException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
  }

  private void arrived(Arrival arrival) {
    if (options.json) {
      ObjectNode told = JsonNodeFactory.instance.objectNode();
      told.put("site", arrival.site().text());
      var images = told.putArray("images");
      arrival.images().forEach(image -> images.add(image.toString()));
      told.put("millis", arrival.after().toMillis()).put("lineBytes", arrival.lineBytes());
      terminal.json(told);
    } else {
      terminal.result(arrival.line());
    }
  }

  private void servicesReady() {
    if (options.json) {
      terminal.json(JsonNodeFactory.instance.objectNode().put("ready", true));
    } else {
      terminal.result("longshore is ready");
    }
  }

  private void ready(DevelopmentRun run, long nanos) {
    Map<String, String> addresses = addresses(run.ports());
    if (options.json) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode().put("ready", true);
      answer.put("home", run.home().folder().toString());
      answer.put("millis", nanos / 1_000_000);
      ObjectNode all = answer.putObject("addresses");
      addresses.forEach(all::put);
      terminal.json(answer);
      return;
    }
    terminal.result("longshore is ready");
    addresses.forEach((what, where) -> terminal.result("  %-10s %s".formatted(what, where)));
    terminal.result("  home       " + run.home().folder());
    if (sites > 0) {
      terminal.result("  hub        http://127.0.0.1:" + run.ports().resolver() + ", group sites");
    }
    terminal.result("  push to the registry, pull from the resolver; Ctrl-C ends it all");
  }

  private Map<String, String> addresses(Ports ports) {
    Map<String, String> addresses = new LinkedHashMap<>();
    addresses.put("registry", "localhost:" + ports.registry());
    addresses.put("resolver", "localhost:" + ports.resolver());
    addresses.put("look-ups", "http://localhost:" + ports.resolver() + "/v1/resolve");
    addresses.put("webhooks", "http://localhost:" + ports.webhooks() + "/hooks/local");
    addresses.put("health", "http://localhost:" + ports.health() + "/health/ready");
    addresses.put("page", "http://localhost:" + ports.ops());
    addresses.put("kafka", "localhost:" + ports.kafka());
    for (int n = 1; n <= sites; n++) {
      addresses.put("site-" + n, "localhost:" + ports.site(n).resolver());
    }
    return addresses;
  }
}
