package dev.longshore.runtime.edge.rights;

import java.util.Optional;

/** One call of an API: its caller and, once known, its subject. */
public final class ApiCall {
  private final Caller caller;
  private volatile Matter matter;

  /**
   * The subject of a call.
   *
   * @param repository as the caller named it
   * @param reference tag, digest, CID or name
   */
  public record Matter(
      Operation operation, Optional<String> repository, Optional<String> reference) {}

  /**
   * A call that begins.
   *
   * @param operation its purpose until another is set
   */
  public ApiCall(Caller caller, Operation operation) {
    this.caller = caller;
    this.matter = new Matter(operation, Optional.empty(), Optional.empty());
  }

  /** The caller, admitted to this route or service. */
  public Caller caller() {
    return caller;
  }

  public Matter matter() {
    return matter;
  }

  /** Sets its subject, in a repository. */
  public void isAbout(Operation operation, String repository, String reference) {
    matter = new Matter(operation, Optional.of(repository), Optional.of(reference));
  }

  /** Sets a whole repository as its subject. */
  public void isIn(Operation operation, String repository) {
    matter = new Matter(operation, Optional.of(repository), Optional.empty());
  }

  /** Sets its subject, in no particular repository. */
  public void isAbout(Operation operation, String reference) {
    matter = new Matter(operation, Optional.empty(), Optional.of(reference));
  }

  /** Sets its purpose. */
  public void isFor(Operation operation) {
    matter = new Matter(operation, Optional.empty(), Optional.empty());
  }
}
