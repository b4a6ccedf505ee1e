package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.longshore.app.Longshore;
import dev.longshore.app.ServiceName;
import dev.longshore.app.SiteProcess;
import dev.longshore.app.parts.DevelopmentConfig;
import dev.longshore.app.parts.DevelopmentHome;
import dev.longshore.app.parts.DevelopmentParts;
import dev.longshore.app.parts.HomeLock;
import dev.longshore.app.parts.PartFailedException;
import dev.longshore.app.parts.Ports;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.settings.ConfigFile;
import dev.longshore.app.settings.FollowedSettings;
import dev.longshore.app.settings.Settings;
import dev.longshore.programs.Tools;
import dev.longshore.runtime.service.lifecycle.Part;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code service}: one service, or one part of a development run, in a process of its own. */
@Command(
    name = "service",
    description = {
      "Runs one service against your Kafka and Kubo, or one part of the development run.",
      "NAME is watcher, converter, pinner or resolver; ops for the operations page; site for a node"
          + " that has joined a site (needs no Kafka); or kafka, registry, kubo-0 to kubo-3."
    })
final class ServiceCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();
  @Mixin private final PortOption port = new PortOption();

  @Parameters(paramLabel = "NAME", description = "what to run")
  private String name = "";

  ServiceCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    Optional<ServiceName> service =
        Arrays.stream(ServiceName.values()).filter(s -> s.text().equals(name)).findFirst();
    try {
      if (name.equals(SiteProcess.NAME)) {
        return site().code();
      }
      return (service.isPresent() ? service(service.get()) : part()).code();
    } catch (PartFailedException | IOException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
  }

  private ExitCode service(ServiceName service)
      throws CommandException, PartFailedException, IOException, InterruptedException {
    FollowedSettings followed = options.followed();
    Settings settings = followed.started();
    Logs.ofProgram(settings.shared().telemetry(), options.debug, terminal.stderr());
    try (HomeLock _ = HomeLock.take(settings.shared().home(), name)) {
      Longshore longshore = new Longshore(followed, Set.of(service), false, List.of());
      return new ForegroundProgram(terminal).run(longshore.parts(), this::ready);
    } catch (KafkaException e) {
      throw KafkaReach.failed(settings.shared().kafka(), e);
    }
  }

  private ExitCode site()
      throws CommandException, PartFailedException, IOException, InterruptedException {
    FollowedSettings followed = options.followed();
    Settings settings = followed.started();
    Logs.ofProgram(settings.shared().telemetry(), options.debug, terminal.stderr());
    try (HomeLock _ = HomeLock.take(settings.shared().home(), name)) {
      return new ForegroundProgram(terminal).run(new SiteProcess(followed).parts(), this::ready);
    }
  }

  private ExitCode part()
      throws CommandException, PartFailedException, IOException, InterruptedException {
    DevelopmentHome home = ConfigFile.home();
    Ports ports = port.ports();
    ForegroundProgram program = new ForegroundProgram(terminal);
    DevelopmentParts parts =
        new DevelopmentParts(home, ports, new Tools(ConfigFile.root()), program::died);
    requirePart();
    Logs.toFile(home.log("service-" + name), options.debug);
    try (HomeLock _ = HomeLock.take(home.folder(), name)) {
      home.claim(ports);
      new DevelopmentConfig(home, ports).write();
      return program.run(List.of(part(parts)), this::ready);
    }
  }

  /** Checked before anything is written for it. */
  private void requirePart() throws CommandException {
    if (!name.matches("kafka|registry|kubo-[0-" + Ports.PEERS + "]")) {
      throw new CommandException(
          ExitCode.USAGE,
          "NAME: %s (expected: watcher, converter, pinner, resolver, ops, site, kafka, registry, kubo-0 to kubo-%d)"
              .formatted(name, Ports.PEERS),
          null);
    }
  }

  private Part part(DevelopmentParts parts) throws PartFailedException, InterruptedException {
    return switch (name) {
      case "kafka" -> parts.kafka();
      case "registry" -> parts.registry();
      default -> parts.kubo(Integer.parseInt(name.substring("kubo-".length())));
    };
  }

  private void ready() {
    if (options.json) {
      terminal.json(JsonNodeFactory.instance.objectNode().put("ready", true).put("name", name));
    } else {
      terminal.result(name + " is ready");
    }
  }
}
