package dev.longshore.runtime.edge.rights;

import java.util.Optional;

/** One call of an API: who makes it, and what it turns out to be about. */
public final class ApiCall {
  private final Caller caller;
  private volatile Matter matter;

  /**
   * What a call is about.
   *
   * @param repository as the caller named it
   * @param reference tag, digest, CID or name
   */
  public record Matter(
      Operation operation, Optional<String> repository, Optional<String> reference) {}

  /**
   * One that begins.
   *
   * @param operation what it is for, as long as nothing else is known
   */
  public ApiCall(Caller caller, Operation operation) {
    this.caller = caller;
    this.matter = new Matter(operation, Optional.empty(), Optional.empty());
  }

  /** Who makes it, and may use what it called. */
  public Caller caller() {
    return caller;
  }

  public Matter matter() {
    return matter;
  }

  /** Says what it is about, in a repository. */
  public void isAbout(Operation operation, String repository, String reference) {
    matter = new Matter(operation, Optional.of(repository), Optional.of(reference));
  }

  /** Says which repository it is about, as a whole. */
  public void isIn(Operation operation, String repository) {
    matter = new Matter(operation, Optional.of(repository), Optional.empty());
  }

  /** Says what it is about, wherever that is. */
  public void isAbout(Operation operation, String reference) {
    matter = new Matter(operation, Optional.empty(), Optional.of(reference));
  }

  /** Says what it is for. */
  public void isFor(Operation operation) {
    matter = new Matter(operation, Optional.empty(), Optional.empty());
  }
}
