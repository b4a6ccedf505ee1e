package dev.longshore.app.cli;

import dev.longshore.app.DevelopmentRun;
import dev.longshore.app.demo.Demo;
import dev.longshore.app.demo.DemoImage;
import dev.longshore.app.demo.PushTrace;
import dev.longshore.app.demo.SiteDemo;
import dev.longshore.app.demo.SiteRoom;
import dev.longshore.app.parts.DevelopmentHome;
import dev.longshore.app.parts.Ports;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.sites.DevelopmentSites;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.RegistryHost;
import dev.longshore.runtime.service.lifecycle.Lifecycle;
import dev.longshore.runtime.service.lifecycle.LifecycleState;
import dev.longshore.runtime.service.telemetry.RecordedSpans;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code demo}: one image from a real registry to three real peers and back, on this machine. */
@Command(
    name = "demo",
    description = {
      "Shows everything once: pushes an image, waits for three copies, and pulls it back.",
      "Starts all parts in a new folder, compares every byte that the resolver serves, and stops"
          + " all parts."
    })
final class DemoCommand implements Callable<Integer> {
  private static final int SPANS = 20_000;
  private static final int SITES = 2;
  private static final String ENDED = "the demo was stopped before its end";
  private final Terminal terminal;

  /** Whether everything was stopped while the demo was at work. */
  private final AtomicBoolean ended = new AtomicBoolean();

  /** Whether all but the sites was ended because the demo shows that. */
  private final AtomicBoolean hubEnded = new AtomicBoolean();

  @Mixin private final CommonOptions options = new CommonOptions();
  @Mixin private final PortOption port = new PortOption();

  @Parameters(
      paramLabel = "IMAGE",
      arity = "0..1",
      description = {
        "registry reference, OCI layout folder or 'docker save' tar; default: this program's own"
            + " image"
      })
  private @Nullable String image;

  @Option(names = "--keep", description = "keeps what the demo writes, in LONGSHORE_HOME")
  private boolean keep;

  @Option(
      names = "--site",
      description = {
        "adds two sites: pushes two versions of an image, shows how many bytes the second one"
            + " takes on their lines, stops the hub, and pulls at a site"
      })
  private boolean site;

  /** Bytes that are only there to be many: tests need few. */
  @Option(
      names = "--largest-file",
      hidden = true,
      paramLabel = "BYTES",
      description = "leaves larger files out of the images that the demo makes")
  private long largest = Long.MAX_VALUE;

  DemoCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    try (DemoHome home = DemoHome.open(keep)) {
      return inHome(home.home()).code();
    } catch (IOException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
  }

  /** What is shown on a run that has started. */
  private interface Show {
    void play(DevelopmentRun run, ForegroundProgram program, Lifecycle lifecycle) throws Exception;
  }

  private ExitCode inHome(DevelopmentHome home) throws CommandException, InterruptedException {
    Logs.toFile(home.log("longshore"), options.debug);
    if (!site) {
      PushTrace pushTrace = new PushTrace();
      RecordedSpans spans = new RecordedSpans(SPANS);
      DemoImage pushed = image(home);
      return show(
          home,
          DevelopmentRun.More.NOTHING,
          List.of(pushTrace, spans),
          (run, _, _) ->
              new DemoReport(terminal, options.json)
                  .tell(new Demo(run, pushTrace, spans, terminal).run(pushed), run));
    }
    if (image != null) {
      throw new CommandException(
          ExitCode.USAGE, "IMAGE: not with --site, which makes two versions of its own", null);
    }
    terminal.now("making two versions of an image from this machine's files ...");
    SiteDemo demo = siteDemo(home);
    return show(
        home,
        new DevelopmentRun.More(SITES, SiteDemo.RULES),
        List.of(),
        (run, program, lifecycle) -> atSites(demo, run, program, lifecycle));
  }

  private void atSites(
      SiteDemo demo, DevelopmentRun run, ForegroundProgram program, Lifecycle lifecycle)
      throws Exception {
    DevelopmentSites sites = run.sites(SITES, demo::arrived);
    terminal.now("joining " + SITES + " sites ...");
    sites.start();
    try {
      terminal.done(
          "joined     " + sites.name() + ": a credential, a Kubo and a swarm of its own each");
      SiteDemo.Outcome outcome =
          demo.run(
              URI.create("http://" + sites.resolver(1)),
              () -> {
                hubEnded.set(true);
                sites.stopReading();
                program.stop(lifecycle);
              });
      new SiteDemoReport(terminal, options.json).tell(outcome);
    } finally {
      boolean interrupted = Thread.interrupted();
      sites.stop(Duration.ZERO);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private SiteDemo siteDemo(DevelopmentHome home) throws CommandException {
    try {
      SiteRoom.of(home.folder()).require();
      return SiteDemo.of(
          registry(port.ports()), home.folder().resolve("image"), largest, SITES, terminal);
    } catch (IOException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
  }

  private ExitCode show(
      DevelopmentHome home, DevelopmentRun.More more, List<SpanProcessor> spans, Show show)
      throws CommandException, InterruptedException {
    long began = System.nanoTime();
    ForegroundProgram program = new ForegroundProgram(terminal);
    terminal.now("starting Kafka, a registry and four Kubo nodes ...");
    try (DevelopmentRun run =
        DevelopmentRun.prepare(
            home, port.ports(), more, options.set, program::died, Logs::hideToo, spans)) {
      Logs.hide(run.secrets());
      Lifecycle lifecycle = program.start(run.parts());
      Thread demo = Thread.currentThread();
      // Ctrl-C, or a part has ended: nothing is left to wait for.
      Thread watch = Thread.ofVirtual().start(() -> endWhenStopped(lifecycle, demo));
      try {
        terminal.done("ready      in %.1f s".formatted((System.nanoTime() - began) / 1e9));
        show.play(run, program, lifecycle);
        return ExitCode.COMPLETE;
      } finally {
        if (lifecycle.state() != LifecycleState.RUNNING && !hubEnded.get()) {
          // Failures from here on are due to the parts being ended.
          ended.set(true);
        }
        watch.interrupt();
        watch.join();
        boolean interrupted = Thread.interrupted();
        terminal.now("ending everything ...");
        program.stop(lifecycle);
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    } catch (InterruptedException e) {
      throw new CommandException(ENDED, e);
    } catch (CommandException e) {
      throw e;
    } catch (Exception e) { // Whatever a part throws, the user reads a sentence.
      // An interrupted upload fails with its own message.
      throw new CommandException(ended.get() ? ENDED : String.valueOf(e.getMessage()), e);
    }
  }

  /** Before anything starts, so that a wrong name or file is reported at once. */
  private DemoImage image(DevelopmentHome home) throws CommandException {
    try {
      return DemoImage.of(image, registry(port.ports()), home.folder().resolve("image"), largest);
    } catch (IOException | OciFormatException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
  }

  private static RegistryHost registry(Ports ports) {
    return new RegistryHost("localhost:" + ports.registry());
  }

  private void endWhenStopped(Lifecycle lifecycle, Thread demo) {
    try {
      lifecycle.awaitStopped();
      if (!hubEnded.get()) {
        ended.set(true);
        demo.interrupt();
      }
    } catch (InterruptedException done) {
      Thread.currentThread().interrupt();
    }
  }
}
