package dev.longshore.app.cli;

import dev.longshore.app.KuboNodes;
import dev.longshore.app.parts.HomeLock;
import dev.longshore.app.parts.KuboRepository;
import dev.longshore.app.parts.PartFailedException;
import dev.longshore.app.query.find.ExitCode;
import dev.longshore.app.sites.OwnKubo;
import dev.longshore.ipfs.Deadline;
import dev.longshore.ipfs.kubo.KuboPorts;
import dev.longshore.ipfs.node.Fault;
import dev.longshore.ipfs.node.KuboException;
import dev.longshore.programs.RunningProgram;
import dev.longshore.resolver.site.Joining;
import dev.longshore.runtime.config.PeerSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The Kubo of a node that is about to join: one that answers, or one of its own.
 *
 * @param own what is set up in the node's home; null if another one answers
 * @param likely where the blocks of one that answers may lie
 */
record NodeKubo(URI rpc, URI gateway, @Nullable OwnKubo own, @Nullable Path likely) {
  private static final URI RPC = URI.create("http://127.0.0.1:5001");
  private static final URI GATEWAY = URI.create("http://127.0.0.1:8080");
  private static final Duration ANSWER = Duration.ofSeconds(10);

  /** What was said about it, each null if nothing. */
  record Named(
      @Nullable URI rpc, @Nullable URI gateway, @Nullable Path repository, @Nullable Path program) {
    /** Whether another node than the one of the home is meant. */
    private boolean isAnother(OwnKubo own) {
      return repository != null || (rpc != null && !rpc.equals(own.rpc()));
    }
  }

  /** Which one it is. */
  static NodeKubo choose(Path home, Named named) throws CommandException {
    try {
      Optional<OwnKubo> before = before(home, named);
      if (before.isPresent()) {
        return of(before.get());
      }
      URI rpc = named.rpc() == null ? RPC : named.rpc();
      URI gateway = named.gateway() == null ? GATEWAY : named.gateway();
      NodeKubo answering =
          new NodeKubo(
              rpc,
              gateway,
              null,
              named.repository() == null ? usual() : named.repository().toAbsolutePath());
      boolean isSaidWhere = named.rpc() != null || named.repository() != null;
      if (named.program() == null
          ? isSaidWhere || answering.answers()
          : isSaidWhere && answering.answers()) {
        return answering;
      }
      KuboPorts ports =
          named.rpc() == null && named.gateway() == null
              ? OwnKubo.freePorts()
              : OwnKubo.ports(rpc, gateway);
      return of(OwnKubo.of(home, program(named, rpc), ports));
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new CommandException("site join: " + e.getMessage() + "; the token is not spent", e);
    }
  }

  private static NodeKubo of(OwnKubo own) {
    return new NodeKubo(own.rpc(), own.gateway(), own, own.repository().folder());
  }

  /** The one that an earlier join set up. */
  private static Optional<OwnKubo> before(Path home, Named named)
      throws IOException, CommandException {
    KuboRepository repository = OwnKubo.repository(home);
    Optional<KuboPorts> ports = repository.isThere() ? repository.ports() : Optional.empty();
    if (ports.isEmpty()) {
      return Optional.empty();
    }
    OwnKubo own = OwnKubo.of(home, Path.of(""), ports.get());
    return named.isAnother(own)
        ? Optional.empty()
        : Optional.of(OwnKubo.of(home, program(named, own.rpc()), ports.get()));
  }

  private static Path program(Named named, URI rpc) throws CommandException {
    Path program = named.program();
    return program != null
        ? program.toAbsolutePath().normalize()
        : OwnKubo.installed()
            .orElseThrow(
                () ->
                    new CommandException(
                        ("site join: no Kubo answers at %s, and there is no ipfs on the PATH to set"
                                + " one up; start one and name it with --kubo and --gateway, or"
                                + " install Kubo, or name its program with --kubo-program; the"
                                + " token is not spent")
                            .formatted(rpc),
                        null));
  }

  private static Path usual() {
    String named = System.getenv("IPFS_PATH");
    return named == null || named.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".ipfs")
        : Path.of(named).toAbsolutePath();
  }

  private boolean answers() {
    try {
      var _ = KuboNodes.open(settings()).id(Deadline.after(ANSWER));
      return true;
    } catch (KuboException e) {
      return e.fault() != Fault.UNREACHABLE;
    }
  }

  private PeerSettings settings() {
    return new PeerSettings("own", "default", rpc, gateway, List.of(), null, false, false);
  }

  /**
   * Checks that it is fit for a site; one of its own is made, and started for that alone.
   *
   * @return whether its blocks lie in {@link #likely}
   */
  boolean check(Joining joining, Path home)
      throws IOException, PartFailedException, InterruptedException {
    if (own == null) {
      return joining.checkNode(KuboNodes.open(settings()), false, likely);
    }
    if (answers() && HomeLock.holder(home, "site").isPresent()) {
      return joining.checkNode(KuboNodes.open(settings()), false, likely);
    }
    try (HomeLock _ = HomeLock.take(home, "site");
        RunningProgram _ = own.start().start()) {
      return joining.checkNode(KuboNodes.open(settings()), false, likely);
    }
  }
}
