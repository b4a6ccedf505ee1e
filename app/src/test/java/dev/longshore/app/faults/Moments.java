package dev.longshore.app.faults;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** Puts a moment, at which anything may happen, before and after each call of a double. */
final class Moments {
  private Moments() {}

  static <T> T around(Class<T> port, T real, Runnable moment) {
    return around(port, real, moment, moment);
  }

  /** Before each call alone. */
  static <T> T before(Class<T> port, T real, Runnable moment) {
    return around(port, real, moment, () -> {});
  }

  private static <T> T around(Class<T> port, T real, Runnable before, Runnable after) {
    InvocationHandler handler =
        (self, method, arguments) -> {
          switch (method.getName()) {
            case "name", "toString" -> {
              return method.invoke(real);
            }
            case "equals" -> {
              return isSame(self, arguments[0]);
            }
            case "hashCode" -> {
              return System.identityHashCode(self);
            }
            // The same source with a budget: its calls come here too.
            case "within" -> {
              return InvocationHandler.invokeDefault(self, method, arguments);
            }
            default -> before.run();
          }
          Object result;
          try {
            result = method.invoke(real, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
          after.run();
          return result;
        };
    return port.cast(Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, handler));
  }

  /** The double itself cannot tell: it knows nothing of what stands before it. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean isSame(Object one, Object other) {
    return one == other;
  }
}
