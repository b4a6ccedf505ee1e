package dev.longshore.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.bench.parts.Jvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A benchmark that has to end. */
class EndingTest {
  /**
   * Rows that fail when their program ends, or their thread is interrupted, and are passed over.
   */
  static final class Rows {
    private Rows() {}

    public static void main(String[] arguments) {
      Ending ending = new Ending(Thread.currentThread());
      Runtime.getRuntime().addShutdownHook(new Thread(ending::run));
      for (int row = 1; row <= 1000 && !ending.hasBegun(); row++) {
        for (int part = 1; part <= 10; part++) {
          try {
            Process program = new ProcessBuilder("sleep", "600").start();
            System.out.println("part " + program.pid());
            program.waitFor();
          } catch (IOException | InterruptedException e) {
            System.out.println("failed");
          }
        }
      }
      ending.over();
    }
  }

  @Test
  void itEndsWithAllThatItStarted() throws Exception {
    Process bench =
        new ProcessBuilder(Jvm.command(List.of("-Xmx32m"), Rows.class.getName()))
            .redirectErrorStream(true)
            .start();
    List<Long> programs = new ArrayList<>();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(bench.getInputStream(), StandardCharsets.UTF_8))) {
      String first = out.readLine();
      assertThat(first).startsWith("part ");
      programs.add(Long.parseLong(first.substring(5)));

      bench.toHandle().destroy(); // Process.destroy would close what is read below

      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith("part ")) {
          programs.add(Long.parseLong(line.substring(5)));
        }
      }
      assertThat(bench.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(programs).hasSizeLessThan(100);
      assertThat(programs)
          .noneMatch(pid -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent());
    } finally {
      bench.destroyForcibly();
    }
  }
}
