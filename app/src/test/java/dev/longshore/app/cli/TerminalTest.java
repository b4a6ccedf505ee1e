package dev.longshore.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TerminalTest {
  private static final String CLEAR = "\r\u001b[2K";
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private Terminal terminal(boolean interactive) {
    return new Terminal(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        interactive);
  }

  private void work(Terminal terminal) {
    terminal.now("starting");
    terminal.now("pushing");
    terminal.done("pushed");
    terminal.now("pulling");
    terminal.result("answer");
    terminal.error("lost");
  }

  @Test
  void progressIsOneLineThatChangesWhereAPersonLooksOn() {
    work(terminal(true));

    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            CLEAR
                + "starting"
                + CLEAR
                + "pushing"
                + CLEAR
                + "pushed\n"
                + CLEAR
                + "pulling"
                + CLEAR
                + "longshore: lost\n");
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("answer\n");
  }

  @Test
  void progressIsPlainLinesOtherwise() {
    work(terminal(false));

    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("starting\npushing\npushed\npulling\nlongshore: lost\n");
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("answer\n");
  }
}
