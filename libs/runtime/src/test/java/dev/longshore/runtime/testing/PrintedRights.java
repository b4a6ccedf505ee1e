package dev.longshore.runtime.testing;

import dev.longshore.runtime.kafka.topics.TopicCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** The rights that {@code longshore topics} prints, given as its commands would give them. */
public final class PrintedRights {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private PrintedRights() {}

  /** Gives them, and returns when the broker knows all. */
  public static void give(Admin admin, String prefix) throws Exception {
    List<AclBinding> rights =
        new TopicCommands("unused:9092", prefix)
            .acls().stream().flatMap(command -> bindings(command).stream()).toList();
    admin.createAcls(rights).all().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    int wanted = Set.copyOf(rights).size();
    Eventually.await("the broker knows all rights", () -> known(admin) == wanted);
  }

  private static int known(Admin admin) {
    try {
      return admin
          .describeAcls(AclBindingFilter.ANY)
          .values()
          .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
          .size();
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("asking for the rights", e);
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts this test", e);
    }
  }

  /** What a command of Kafka's own tool would set. */
  private static List<AclBinding> bindings(String command) {
    List<String> words = Arrays.asList(command.split(" "));
    AccessControlEntry entry =
        new AccessControlEntry(
            after(words, "--allow-principal"),
            "*",
            operation(after(words, "--operation")),
            AclPermissionType.ALLOW);
    PatternType pattern =
        words.contains("--resource-pattern-type")
            ? PatternType.fromString(
                after(words, "--resource-pattern-type").toUpperCase(Locale.ROOT))
            : PatternType.LITERAL;
    Map<String, ResourceType> kinds =
        Map.of(
            "--topic", ResourceType.TOPIC,
            "--group", ResourceType.GROUP,
            "--transactional-id", ResourceType.TRANSACTIONAL_ID);
    List<AclBinding> bindings = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      ResourceType kind = kinds.get(words.get(i));
      if (kind != null) {
        ResourcePattern resource = new ResourcePattern(kind, words.get(i + 1), pattern);
        bindings.add(new AclBinding(resource, entry));
      }
    }
    return bindings;
  }

  private static AclOperation operation(String name) {
    return Arrays.stream(AclOperation.values())
        .filter(one -> one.name().replace("_", "").equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow();
  }

  private static String after(List<String> words, String option) {
    return words.get(words.indexOf(option) + 1);
  }
}
