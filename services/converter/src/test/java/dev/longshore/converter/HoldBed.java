package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.NOON;

import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.HeldImport;
import dev.longshore.ipfs.node.IpfsNode;
import dev.longshore.model.Cid;
import dev.longshore.model.ImageDag;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A converter whose holds are looked at. */
final class HoldBed implements AutoCloseable {
  final TestConverter converter = new TestConverter();
  final Uploads uploads = new Uploads(converter.registry, APP);
  final AtomicInteger looks = new AtomicInteger();
  final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @FunctionalInterface
  interface Entered {
    void enter(String method);
  }

  Set<Cid> holds() {
    return converter.peer.pinned().entrySet().stream()
        .filter(pin -> pin.getValue().isEmpty())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  IpfsNode over(Entered entered) {
    return over(entered, _ -> {});
  }

  IpfsNode over(Entered entered, Consumer<Throwable> failed) {
    return proxy(IpfsNode.class, converter.peer, entered, failed);
  }

  <T> T proxy(Class<T> type, T target, Entered entered, Consumer<Throwable> failed) {
    return type.cast(
        Proxy.newProxyInstance(
            HoldsTest.class.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> {
              entered.enter(method.getName());
              looks.addAndGet(method.getName().equals("pins") ? 1 : 0);
              try {
                Object answer = method.invoke(target, arguments);
                return answer instanceof HeldImport begun
                    ? proxy(HeldImport.class, begun, entered, failed)
                    : answer;
              } catch (InvocationTargetException e) {
                failed.accept(e.getCause());
                throw e.getCause();
              }
            }));
  }

  static PinState gone(ImageDag dag) {
    return new PinState(
        dag, 1, List.of(), null, true, NOON, null, 0, NOON, null, null, PinPhase.GONE, NOON);
  }

  static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(20));
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
