package dev.longshore.ipfs.kubo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.node.KuboException;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What tests of failures ask of a client. */
final class Failures {
  private Failures() {}

  static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(20));
  }

  static KuboException failure(ThrowingCallable call) {
    KuboException e = catchThrowableOfType(KuboException.class, call);
    assertThat(e).as("a KuboException").isNotNull();
    assertThat(e).hasMessageContaining("peer-a");
    return e;
  }
}
