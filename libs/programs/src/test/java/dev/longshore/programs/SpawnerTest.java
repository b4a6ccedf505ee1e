package dev.longshore.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SpawnerTest {
  private static final class Broken extends File {
    private static final long serialVersionUID = 1L;

    Broken() {
      super("broken");
    }

    @Override
    public String getPath() {
      throw new NoSuchMethodError("of a jar that was exchanged");
    }
  }

  /** The kernel ends all programs with the thread that started them. */
  @Test
  void anErrorAtAStartEndsNoOtherProgram() throws Exception {
    Command sleep = Command.of("sleep", "600");
    Process other = Spawner.start(sleep, sleep.builder());
    try {
      assertThatThrownBy(() -> Spawner.start(sleep, sleep.builder().redirectOutput(new Broken())))
          .isInstanceOf(ProgramException.class)
          .hasMessageContaining("of a jar that was exchanged");

      assertThat(other.waitFor(200, TimeUnit.MILLISECONDS)).as("it has ended").isFalse();
    } finally {
      other.destroyForcibly();
    }
  }
}
