package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.KafkaAdmin;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.runtime.kafka.link.KafkaSettings;
import dev.longshore.runtime.kafka.topics.TopicAdmin;
import dev.longshore.runtime.kafka.topics.TopicCommands;
import dev.longshore.runtime.kafka.topics.TopicProblem;
import dev.longshore.runtime.kafka.topics.TopicSpec;
import dev.longshore.runtime.kafka.topics.WantedTopics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code topics}: sets up the user's own Kafka. */
@Command(
    name = "topics",
    description =
        "Prints the commands that create topics and minimal ACLs, or creates or checks topics.")
final class TopicsCommand implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofSeconds(15);
  private final Terminal terminal;

  @Mixin private final CommonOptions options = new CommonOptions();

  @Option(names = "--create", description = "creates missing topics, then checks all")
  private boolean create;

  @Option(names = "--check", description = "checks existing topics")
  private boolean check;

  TopicsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    KafkaSettings kafka = options.settings().shared().kafka();
    if (!create && !check) {
      print(kafka, WantedTopics.unasked(kafka));
      return ExitCode.COMPLETE.code();
    }
    KafkaReach.require(kafka);
    try (Admin admin = KafkaAdmin.open(kafka, LIMIT)) {
      TopicAdmin topics = new TopicAdmin(admin, WantedTopics.of(kafka, admin, LIMIT), LIMIT);
      List<String> created = create ? topics.createMissing() : List.of();
      List<TopicProblem> problems = topics.check();
      tell(created, problems);
      return (problems.isEmpty() ? ExitCode.COMPLETE : ExitCode.ERROR).code();
    } catch (KafkaException e) {
      throw KafkaReach.failed(kafka, e);
    }
  }

  private void print(KafkaSettings kafka, List<TopicSpec> specs) {
    TopicCommands commands =
        new TopicCommands(String.join(",", kafka.bootstrapServers()), kafka.topicPrefix());
    if (options.json) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      var creation = answer.putArray("creation");
      commands.creation(specs).forEach(creation::add);
      var acls = answer.putArray("acls");
      commands.acls().forEach(acls::add);
      terminal.json(answer);
    } else {
      terminal.result(commands.creation(specs));
      terminal.result(commands.acls());
    }
  }

  private void tell(List<String> created, List<TopicProblem> problems) {
    if (options.json) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      var names = answer.putArray("created");
      created.forEach(names::add);
      var wrong = answer.putArray("problems");
      problems.forEach(
          p -> wrong.addObject().put("topic", p.topic()).put("what", p.what()).put("fix", p.fix()));
      terminal.json(answer);
      return;
    }
    created.forEach(name -> terminal.result("created " + name));
    problems.forEach(problem -> terminal.result(problem.toString()));
    if (problems.isEmpty()) {
      terminal.result("all topics are as Longshore needs them");
    }
  }
}
