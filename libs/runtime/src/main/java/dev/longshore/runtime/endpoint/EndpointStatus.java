package dev.longshore.runtime.endpoint;

/**
 * One endpoint for health and status.
 *
 * @param name stable name, such as {@code registry localhost:5055} or {@code kubo site-a}
 */
public record EndpointStatus(String name, EndpointState state) {
  public boolean open() {
    return state instanceof EndpointState.Open;
  }
}
