package dev.longshore.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InquiryTest {
  private static final Map<String, String> PATH = Map.of("PATH", "/usr/bin:/bin");

  private static Inquiry.Answer ask(Duration limit, String... line) throws Exception {
    return new Inquiry(List.of(line), PATH, "asked\n", limit, 10_000).ask();
  }

  private static Inquiry.Answer sh(String script) throws Exception {
    return ask(Duration.ofSeconds(30), "sh", "-c", script);
  }

  @Test
  void itReadsItsInputAndAnswers() throws Exception {
    Inquiry.Answer answer = sh("read line; echo \"$line\"; echo why >&2; exit 3");

    assertThat(answer.out()).isEqualTo("asked\n");
    assertThat(answer.err()).isEqualTo("why");
    assertThat(answer.exitCode()).isEqualTo(3);
    assertThat(answer.toString()).doesNotContain("asked", "why");
  }

  @Test
  void itSeesTheGivenVariablesAlone() throws Exception {
    assertThat(ask(Duration.ofSeconds(30), "env").out())
        .isEqualToIgnoringNewLines("PATH=/usr/bin:/bin\n");
  }

  @Test
  void noShellReadsItsArguments() throws Exception {
    assertThat(ask(Duration.ofSeconds(30), "echo", "$(id)", "; id").out())
        .isEqualTo("$(id) ; id\n");
  }

  @Test
  void oneThatHangsIsEndedWithItsChildren(@TempDir Path folder) throws Exception {
    Path pid = folder.resolve("pid");
    assertThatThrownBy(
            () ->
                ask(
                    Duration.ofSeconds(2),
                    "sh",
                    "-c",
                    "sleep 987 & echo $! > %s; wait".formatted(pid)))
        .isInstanceOf(ProgramException.class)
        .hasMessageContaining("no end within");

    Optional<ProcessHandle> child = ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()));
    if (child.isPresent()) {
      child.get().onExit().get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void oneThatPrintsWithoutEndIsEnded() {
    assertThatThrownBy(() -> ask(Duration.ofSeconds(60), "yes", "hunter2"))
        .isInstanceOf(ProgramException.class)
        .hasMessageContaining("more than 10000 bytes")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void oneThatReadsNothingIsFine() throws Exception {
    assertThat(ask(Duration.ofSeconds(30), "true").exitCode()).isZero();
  }

  @Test
  void aMissingOneIsNamed() {
    assertThatThrownBy(() -> ask(Duration.ofSeconds(30), "docker-credential-none"))
        .isInstanceOf(ProgramException.class)
        .hasMessageContaining("on PATH /usr/bin:/bin");
    assertThatThrownBy(() -> ask(Duration.ofSeconds(30), "/none/there"))
        .isInstanceOf(ProgramException.class);
  }
}
