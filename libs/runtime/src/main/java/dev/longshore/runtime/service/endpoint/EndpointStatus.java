package dev.longshore.runtime.service.endpoint;

/**
 * One endpoint for health and status.
 *
 * @param name stable name, such as {@code registry localhost:5055} or {@code kubo site-a}
 */
public record EndpointStatus(String name, EndpointState state) {
  private static final String REPOSITORY = "repository ";

  static boolean isRepository(String name) {
    return name.startsWith(REPOSITORY);
  }

  /** The name, with all repositories of a registry as one: there may be any number of them. */
  String group() {
    return isRepository(name)
        ? "repositories of registry " + name.substring(REPOSITORY.length()).split("/", 2)[0]
        : name;
  }

  public boolean open() {
    return state instanceof EndpointState.Open;
  }
}
