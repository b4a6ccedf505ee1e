package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.ServiceName;
import dev.longshore.app.doctor.Doctor;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.settings.Settings;
import dev.longshore.model.check.Finding;
import dev.longshore.settings.ConfigException;
import dev.longshore.settings.ConfigLoader;
import dev.longshore.settings.ConfigSources;
import dev.longshore.settings.Loaded;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code doctor}: finds what is wrong with a configuration and the parts it names. */
@Command(
    name = "doctor",
    description = {
      "Checks the settings against the real Kafka, registries and Kubo, and says what to fix.",
      "Also checks files and ports, as this user on this machine."
    })
final class DoctorCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Option(
      names = "--service",
      paramLabel = "NAME",
      description = "checks what one of watcher, converter, pinner or resolver needs; default: all")
  private @Nullable ServiceName service;

  DoctorCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    List<Finding> findings = findings(options.sources());
    if (options.json) {
      terminal.json(json(findings));
    } else {
      findings.forEach(finding -> terminal.result(Logs.redacted(line(finding))));
      terminal.result(
          "%d ok, %d warnings, %d wrong"
              .formatted(
                  count(findings, Finding.Fine.class),
                  count(findings, Finding.Warning.class),
                  count(findings, Finding.Wrong.class)));
    }
    return (count(findings, Finding.Wrong.class) == 0 ? ExitCode.COMPLETE : ExitCode.ERROR).code();
  }

  private List<Finding> findings(ConfigSources sources) throws InterruptedException {
    String file = sources.file() == null ? "the defaults" : sources.file().toString();
    String tried = "read " + file;
    List<Finding> findings = new ArrayList<>();
    try {
      Loaded<Settings> loaded = new ConfigLoader<>(Settings.class).load(sources);
      Logs.hide(loaded.secrets());
      Set<ServiceName> services = services(loaded.settings());
      if (service == ServiceName.RESOLVER && loaded.settings().resolver() == null) {
        findings.add(
            new Finding.Wrong(
                "configuration",
                tried,
                "it has no section resolver",
                "add resolver with at least its own Kubo node under kubo"));
      } else {
        findings.add(
            new Finding.Fine(
                "configuration", tried, loaded.origins().size() + " settings, nothing is wrong"));
      }
      terminal.now("checking the parts it names ...");
      findings.addAll(new Doctor(loaded, services).examine());
    } catch (ConfigException e) {
      e.problems()
          .forEach(
              problem ->
                  findings.add(
                      new Finding.Wrong(
                          "configuration",
                          "read " + problem.where(),
                          problem.message(),
                          "correct it; every setting is in docs/settings.md")));
    }
    return findings;
  }

  private Set<ServiceName> services(Settings settings) {
    if (service != null) {
      return Set.of(service);
    }
    Set<ServiceName> all = EnumSet.allOf(ServiceName.class);
    if (settings.resolver() == null) {
      all.remove(ServiceName.RESOLVER);
    }
    return all;
  }

  private static long count(List<Finding> findings, Class<? extends Finding> kind) {
    return findings.stream().filter(kind::isInstance).count();
  }

  private static String result(Finding finding) {
    return switch (finding) {
      case Finding.Fine _ -> "ok";
      case Finding.Warning _ -> "warning";
      case Finding.Wrong _ -> "wrong";
    };
  }

  private static String line(Finding finding) {
    return "%-8s  %s".formatted(result(finding), finding.text());
  }

  private static ObjectNode json(List<Finding> findings) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("wrong", count(findings, Finding.Wrong.class));
    answer.put("warning", count(findings, Finding.Warning.class));
    var list = answer.putArray("findings");
    for (Finding finding : findings) {
      ObjectNode entry =
          list.addObject()
              .put("result", result(finding))
              .put("part", finding.part())
              .put("tried", finding.tried())
              .put("found", Logs.redacted(finding.found()));
      if (!finding.remedy().isEmpty()) {
        entry.put("remedy", finding.remedy());
      }
    }
    return answer;
  }
}
