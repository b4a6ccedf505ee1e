package dev.longshore.watcher.sender;

import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.watcher.sender.NotUnderstoodException.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Collects what a notification says, and checks the names in it. */
public final class Changes {
  /** A sender reports one push at a time; more than this does not come from a registry. */
  static final int MOST = 1_000;

  /** All registries share one grammar for names of repositories. */
  static final RegistryHost ANY_HOST = new RegistryHost("localhost");

  private final List<NotifiedChange> all = new ArrayList<>();
  private @Nullable NotUnderstoodException problem;
  private @Nullable Instant at;
  private @Nullable String first;

  Changes() {}

  /** Reads one event. */
  @FunctionalInterface
  interface Reading {
    void read() throws NotUnderstoodException;
  }

  /** Reads one of several events: the others may be understood. */
  void attempt(Reading reading) {
    try {
      reading.read();
    } catch (NotUnderstoodException e) {
      // A kind that is unknown is the least of what may be wrong.
      if (problem == null || problem.reason() == Reason.EVENT) {
        problem = e;
      }
    }
  }

  /** The repository of the first event; no effect if it cannot be one. */
  void begin(String repository) {
    try {
      first = new RepositoryName(ANY_HOST, repository).repository();
    } catch (OciFormatException e) {
      first = null;
    }
  }

  /** When what is collected from here on happened, by the sender's clock; null if not told. */
  void at(@Nullable Instant time) {
    at = time;
  }

  /** A push of what has this tag, this digest, or both; an empty text means none. */
  void push(String repository, String tag, String digest) throws NotUnderstoodException {
    add(repository, tag, digest, false);
  }

  /** A deletion; without a tag there is nothing to look for. */
  void deletion(String repository, String tag, String digest) throws NotUnderstoodException {
    if (!tag.isEmpty()) {
      add(repository, tag, digest, true);
    }
  }

  /** A push of something in this repository: its sender does not always say what. */
  void pushSomewhere(String repository) throws NotUnderstoodException {
    put(repository, "", "", false);
  }

  private void add(String repository, String tag, String digest, boolean deletion)
      throws NotUnderstoodException {
    if (!repository.isEmpty() && tag.isEmpty() && digest.isEmpty()) {
      throw new NotUnderstoodException(
          Reason.IMAGE, "it names neither tag nor digest in " + Payload.shown(repository));
    }
    put(repository, tag, digest, deletion);
  }

  private void put(String repository, String tag, String digest, boolean deletion)
      throws NotUnderstoodException {
    if (repository.isEmpty()) {
      throw new NotUnderstoodException(Reason.IMAGE, "it names no repository");
    }
    if (all.size() == MOST) {
      throw new NotUnderstoodException(Reason.BODY, "it names more than " + MOST + " images");
    }
    try {
      all.add(
          new NotifiedChange(
              new RepositoryName(ANY_HOST, repository).repository(),
              tag.isEmpty() ? null : Tag.parse(tag),
              digest.isEmpty() ? null : Digest.parse(digest),
              deletion,
              at));
    } catch (OciFormatException e) {
      throw new NotUnderstoodException(Reason.IMAGE, String.valueOf(e.getMessage()), e);
    }
  }

  ParsedNotification told() {
    return new ParsedNotification(all, Optional.ofNullable(problem), first);
  }
}
