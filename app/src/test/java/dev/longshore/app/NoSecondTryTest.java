package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Surefire runs a class again in the same JVM, with another instance of the extension. */
class NoSecondTryTest {
  private static final class Flaky {}

  private static final class Steady {}

  private static final class NeverBegun {}

  private static ExtensionContext context(Class<?> test, String id) {
    Map<String, Object> told =
        Map.of(
            "getRequiredTestClass",
            test,
            "getUniqueId",
            id,
            "getDisplayName",
            test.getSimpleName());
    return (ExtensionContext)
        Proxy.newProxyInstance(
            NoSecondTryTest.class.getClassLoader(),
            new Class<?>[] {ExtensionContext.class},
            (_, method, _) -> told.get(method.getName()));
  }

  @Test
  void whatFailedFailsAgainThoughItWouldPass() {
    new NoSecondTry().testFailed(context(Flaky.class, "flaky#a"), new AssertionError("once"));

    assertThatThrownBy(() -> new NoSecondTry().beforeAll(context(Flaky.class, "flaky")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Flaky failed before in this run");
    assertThatThrownBy(() -> new NoSecondTry().beforeEach(context(Flaky.class, "flaky#a")))
        .isInstanceOf(AssertionError.class);
    assertThatCode(() -> new NoSecondTry().beforeEach(context(Flaky.class, "flaky#b")))
        .doesNotThrowAnyException();
    assertThatCode(() -> new NoSecondTry().beforeAll(context(Steady.class, "steady")))
        .doesNotThrowAnyException();
  }

  @Test
  void aClassWhoseProgramsDidNotStartIsNotStartedAgain() {
    IllegalStateException cause = new IllegalStateException("kafka did not start");

    assertThatThrownBy(
            () ->
                new NoSecondTry()
                    .handleBeforeAllMethodExecutionException(
                        context(NeverBegun.class, "never"), cause))
        .isSameAs(cause);
    assertThatThrownBy(() -> new NoSecondTry().beforeAll(context(NeverBegun.class, "never")))
        .isInstanceOf(AssertionError.class);
  }
}
