package dev.longshore.app;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Fails a class for good once one of its tests has failed: where programs are killed at moments
 * that chance gives, a failure that does not come again is a fault all the same. Failsafe runs a
 * test that failed again in the same JVM.
 */
public final class NoSecondTry
    implements BeforeAllCallback,
        BeforeEachCallback,
        TestWatcher,
        LifecycleMethodExecutionExceptionHandler {
  private static final Set<String> FAILED = ConcurrentHashMap.newKeySet();

  @Override
  public void beforeAll(ExtensionContext context) {
    if (FAILED.contains(context.getRequiredTestClass().getName())) {
      throw again(context);
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    if (FAILED.contains(context.getUniqueId())) {
      throw again(context);
    }
  }

  @Override
  public void testFailed(ExtensionContext context, Throwable cause) {
    FAILED.add(context.getUniqueId());
    FAILED.add(context.getRequiredTestClass().getName());
  }

  @Override
  public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable cause)
      throws Throwable {
    FAILED.add(context.getRequiredTestClass().getName());
    throw cause;
  }

  private static AssertionError again(ExtensionContext context) {
    return new AssertionError(
        context.getDisplayName() + " failed before in this run, and gets no second try");
  }
}
