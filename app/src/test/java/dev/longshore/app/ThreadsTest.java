package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Who starts threads. Work that goes on until its process stops belongs in a {@link
 * dev.longshore.runtime.service.lifecycle.Loop Loop}, whose end health reports; each exception
 * stands here, with how somebody notices that its thread has ended.
 */
class ThreadsTest {
  /** Health says when one of theirs has ended, or does not do its work. */
  private static final Set<String> TOLD =
      Set.of(
          "CatalogFollower",
          "Committer",
          "Gaps",
          "KeptProgram",
          "KeyedConsumer",
          "LateTopicCheck",
          "Loop",
          "Partitions",
          "StateFollower");

  /** Whatever one round meets, the next one comes. */
  private static final Set<String> GOES_ON =
      Set.of("Lanes", "PinnerLoops", "PollStates", "TimerAlarms", "WaitingCalls", "WatchedFiles");

  /** Run as long as their caller, who waits for what they give, or whom other limits bound. */
  private static final Set<String> OF_A_CALLER =
      Set.of(
          "Call",
          "ChangesLoop",
          "Connections",
          "DemoCommand",
          "ForegroundProgram",
          "Hashing",
          "HintSearch",
          "HubAnswer",
          "HubConnections",
          "ImportParts",
          "Inquiry",
          "KafkaLook",
          "KeptKafka",
          "LeafReadahead",
          "LineBuffer",
          "NeighborProbe",
          "Nodes",
          "OnInterrupt",
          "PollTroubles",
          "Race",
          "Refreshed",
          "Residence",
          "Signals",
          "SourceSelection",
          "Spawner",
          "StallGuard",
          "StartChecks",
          "Stopper",
          "TimedCall",
          "Unconfirmed",
          "WatchedPart",
          "WatcherService",
          "WriteGuard");

  private static boolean startsThreads(JavaClass type) {
    return Stream.<JavaCodeUnitAccess<?>>concat(
            Stream.concat(
                type.getMethodCallsFromSelf().stream(),
                type.getConstructorCallsFromSelf().stream()),
            Stream.concat(
                type.getMethodReferencesFromSelf().stream(),
                type.getConstructorReferencesFromSelf().stream()))
        .anyMatch(ThreadsTest::startsOne);
  }

  private static boolean startsOne(JavaCodeUnitAccess<?> access) {
    JavaClass owner = access.getTarget().getOwner();
    String name = access.getTarget().getName();
    if (owner.getName().startsWith(Thread.Builder.class.getName())) {
      return name.equals("start") || name.equals("unstarted");
    }
    if (owner.isEquivalentTo(Thread.class)) {
      return name.equals("<init>") || name.equals("startVirtualThread");
    }
    return owner.isEquivalentTo(Executors.class)
        ? name.contains("Scheduled")
        : owner.isEquivalentTo(ScheduledThreadPoolExecutor.class) && name.equals("<init>");
  }

  private static String file(JavaClass type) {
    String name = type.getName().substring(type.getPackageName().length() + 1);
    return name.replaceFirst("\\$.*", "");
  }

  @Test
  void noThreadEndsWithoutSomebodyWhoNotices() {
    Set<String> starting =
        ModuleGraphTest.CLASSES.stream()
            .filter(type -> !type.getPackageName().matches("dev\\.longshore\\.testing\\b.*"))
            .filter(ThreadsTest::startsThreads)
            .map(ThreadsTest::file)
            .collect(Collectors.toSet());

    assertThat(starting)
        .as("start threads; use a Loop, or say here how somebody notices the end of its thread")
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(TOLD, GOES_ON, OF_A_CALLER).flatMap(Set::stream).toList());
  }
}
