package dev.longshore.resolver.site;

import dev.longshore.events.MalformedEventException;
import dev.longshore.resolver.site.hub.PinnedAuthority;
import dev.longshore.resolver.site.neighbor.NeighborKeys;
import dev.longshore.runtime.service.tls.ServerTlsSettings;
import dev.longshore.sites.Admission;
import dev.longshore.sites.SigningKey;
import dev.longshore.sites.SiteJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The {@code site} folder of a home: the node's identity, credential, trusted authority, and store.
 * Only its owner can read it.
 */
public final class SiteFolder {
  private static final String IDENTITY = "identity.json";
  private static final String CREDENTIAL = "credential";
  private static final String AUTHORITY = "ca.pem";
  private static final String NEIGHBOR = "neighbor.pem";
  private static final String NEIGHBOR_KEY = "neighbor-key.pem";
  private static final String NEIGHBORS = "neighbors.pem";

  /** Bytes that what an admission brings takes at most. */
  private static final int ROOM = 128 * 1024;

  private final Path folder;

  /**
   * Who the node is.
   *
   * @param site its site
   * @param node its name within the site
   * @param hub address of the hub that it joined at
   * @param group name of its group there
   * @param joinedAt when it joined, by the hub's clock
   * @param admittedAt when it got its credential, by the hub's clock
   * @param expiresAt when that is good no longer, by the hub's clock
   * @param keys those that sign the hub's answers
   */
  public record Identity(
      String site,
      String node,
      String hub,
      String group,
      Instant joinedAt,
      Instant admittedAt,
      Instant expiresAt,
      List<SigningKey> keys) {
    public Identity {
      keys = List.copyOf(keys);
    }
  }

  /** That of a home. */
  public SiteFolder(Path home) {
    this.folder = home.resolve("site");
  }

  Path store() {
    return folder.resolve("site.db");
  }

  /** The node's identity; empty if it has not joined. */
  public Optional<Identity> identity() throws IOException {
    Path file = folder.resolve(IDENTITY);
    try {
      return Optional.of(SiteJson.read(Files.readAllBytes(file), Identity.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (MalformedEventException e) {
      throw new IOException(file + ": " + e.getMessage() + "; join again", e);
    }
  }

  /**
   * Who the node is.
   *
   * @throws IOException when it has not joined
   */
  public Identity joined() throws IOException {
    return identity()
        .orElseThrow(
            () ->
                new IOException(
                    "this node belongs to no site (run the line that site add printed at the"
                        + " hub)"));
  }

  /** The credential; never to be logged. */
  public String credential() throws IOException {
    return keptCredential()
        .orElseThrow(
            () ->
                new IOException(
                    folder.resolve(CREDENTIAL)
                        + " is gone or empty; without it no hub lets this node in. Run site add at"
                        + " the hub, and the line that it prints here; what the node holds stays"));
  }

  /** The credential; empty if its file was lost. */
  Optional<String> keptCredential() throws IOException {
    try {
      return Optional.of(Files.readString(folder.resolve(CREDENTIAL)).strip())
          .filter(text -> !text.isEmpty());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** The trust for hubs; the Java runtime's authorities if none is stored. */
  public @Nullable SSLContext tls() throws IOException {
    Path file = folder.resolve(AUTHORITY);
    return Files.exists(file) ? PinnedAuthority.trusting(Files.readString(file)) : null;
  }

  /** Keeps the authority; nothing but the Java runtime's if none. */
  void believe(Optional<String> pem) throws IOException {
    if (pem.isPresent()) {
      write(AUTHORITY, pem.get().getBytes(StandardCharsets.US_ASCII));
    } else {
      Files.deleteIfExists(folder.resolve(AUTHORITY));
    }
  }

  /** Keeps a credential, then who the node is: a node that has an identity has a credential. */
  Identity admit(Admission admission, String node, String hub, Instant now) throws IOException {
    Identity identity =
        new Identity(
            admission.site().text(),
            node,
            hub,
            admission.group(),
            admission.joinedAt(),
            now,
            admission.expiresAt(),
            admission.keys());
    write(CREDENTIAL, (admission.credential() + "\n").getBytes(StandardCharsets.UTF_8));
    try {
      write(IDENTITY, SiteJson.write(identity));
    } catch (MalformedEventException e) {
      throw new IOException(String.valueOf(e.getMessage()), e);
    }
    keepKeys(admission.neighborSecrets());
    return identity;
  }

  /** Keys by which nodes of the site know each other; those of an earlier admission if none. */
  private void keepKeys(List<String> secrets) throws IOException {
    if (!secrets.isEmpty()) {
      NeighborKeys keys = NeighborKeys.of(secrets);
      write(NEIGHBORS, keys.believed().getBytes(StandardCharsets.US_ASCII));
      write(NEIGHBOR_KEY, keys.key().getBytes(StandardCharsets.US_ASCII));
      write(NEIGHBOR, keys.certificate().getBytes(StandardCharsets.US_ASCII));
    }
  }

  /** What the node shows its neighbors, and believes of them; empty before a hub gave it. */
  Optional<ServerTlsSettings> neighborTls() {
    Path last = folder.resolve(NEIGHBOR);
    return Files.exists(last)
        ? Optional.of(
            new ServerTlsSettings(last, folder.resolve(NEIGHBOR_KEY), folder.resolve(NEIGHBORS)))
        : Optional.empty();
  }

  /** What an earlier membership knew counts no more. */
  void forgetStore() throws IOException {
    for (String suffix : List.of("", "-wal", "-shm")) {
      Files.deleteIfExists(Path.of(store() + suffix));
    }
  }

  /** Fails if a credential could not be kept now: it would be lost, and so would the node be. */
  void requireRoom() throws IOException {
    Files.delete(fresh(CREDENTIAL, new byte[ROOM]));
  }

  /** At one stroke, readable by its owner alone. */
  private void write(String name, byte[] content) throws IOException {
    Files.move(
        fresh(name, content),
        folder.resolve(name),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
  }

  /** A file that is on the disk before it takes the place of another: the power may fail. */
  private Path fresh(String name, byte[] content) throws IOException {
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path fresh = folder.resolve(name + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        var _ = channel.write(rest);
      }
      channel.force(true);
    }
    return fresh;
  }
}
