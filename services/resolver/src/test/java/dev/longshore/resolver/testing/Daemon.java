package dev.longshore.resolver.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A program that runs until the test ends. */
public final class Daemon implements AutoCloseable {
  private static final int READY_SECONDS = 60;
  private static final int STOP_SECONDS = 20;

  private final Process process;

  private Daemon(Process process) {
    this.process = process;
  }

  /** Returns when a line of its log holds this text. */
  public static Daemon start(ProcessBuilder command, String ready)
      throws IOException, InterruptedException {
    Process process = command.redirectErrorStream(true).start();
    CountDownLatch started = new CountDownLatch(1);
    Queue<String> log = new ConcurrentLinkedQueue<>();
    Thread.ofPlatform().daemon().start(() -> follow(process, log, ready, started));
    if (!started.await(READY_SECONDS, TimeUnit.SECONDS) || !process.isAlive()) {
      process.destroyForcibly();
      throw new IOException(command.command() + " did not start:\n" + String.join("\n", log));
    }
    return new Daemon(process);
  }

  private static void follow(
      Process process, Queue<String> log, String ready, CountDownLatch started) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        log.add(line);
        if (line.contains(ready)) {
          started.countDown();
        }
      }
    } catch (IOException e) {
      log.add(e.toString());
    }
    started.countDown();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
