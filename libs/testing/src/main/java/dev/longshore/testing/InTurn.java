package dev.longshore.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A class of tests that takes turns with others. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(InTurn.Condition.class)
public @interface InTurn {
  /** With which. */
  SharedTurn value();

  /** Whether it is the turn of the class. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      Class<?> test = context.getRequiredTestClass();
      return test.getAnnotation(InTurn.class).value().isOf(test)
          ? ConditionEvaluationResult.enabled("its turn")
          : ConditionEvaluationResult.disabled("another test's turn, by the commit's number");
    }
  }
}
