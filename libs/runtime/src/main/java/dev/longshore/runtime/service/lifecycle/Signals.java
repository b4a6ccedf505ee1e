package dev.longshore.runtime.service.lifecycle;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGTERM and Ctrl-C: the first one stops the program and lets running work finish, the second cuts
 * that short.
 *
 * <p>A shutdown hook cannot do this, because the JVM then ignores the second signal. {@code
 * sun.misc.Signal} is the only way; it is called by reflection because naming it causes a warning
 * that cannot be suppressed.
 */
public final class Signals {
  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

  private Signals() {}

  /**
   * Handles both signals from now on.
   *
   * @param lifecycle stopped on a separate thread; the main thread waits with {@link
   *     Lifecycle#awaitStopped} and then ends the process
   */
  public static void stop(Lifecycle lifecycle) {
    AtomicBoolean first = new AtomicBoolean(true);
    Runnable received = () -> received(lifecycle, first.getAndSet(false));
    for (String signal : List.of("TERM", "INT")) {
      handle(signal, received);
    }
  }

  static void received(Lifecycle lifecycle, boolean first) {
    if (!first) {
      LOG.info("stopping at once");
      lifecycle.hasten();
      return;
    }
    LOG.info("stopping; a second signal cuts it short");
    Thread.ofPlatform()
        .name("stop")
        .start(
            () -> {
              try {
                lifecycle.stop();
              } catch (StopException incomplete) {
                LOG.warn("stopped, but: {}", incomplete.getMessage());
              } catch (InterruptedException told) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private static void handle(String name, Runnable action) {
    try {
      Class<?> signalType = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Object handler =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handlerType},
              (_, method, arguments) -> {
                if (!method.getName().equals("handle")) {
                  return method.invoke(action, arguments);
                }
                action.run();
                return null;
              });
      Method handle = signalType.getMethod("handle", signalType, handlerType);
      handle.invoke(null, signalType.getConstructor(String.class).newInstance(name), handler);
    } catch (ReflectiveOperationException absent) {
      throw new IllegalStateException("this JVM lets no program handle SIG" + name, absent);
    }
  }
}
