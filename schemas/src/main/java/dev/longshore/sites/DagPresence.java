package dev.longshore.sites;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Whether a node of a site has an image DAG, as it tells its neighbors.
 *
 * @param node its name within the site
 * @param instance of this start of its service; random
 * @param state whether it has it
 */
public record DagPresence(String node, String instance, State state) {
  /** How far it is with a DAG. */
  public enum State {
    /** It has nothing of it, or takes it from a neighbor. */
    @JsonEnumDefaultValue
    @JsonProperty("absent")
    ABSENT,
    /** It takes it from the hub now. */
    @JsonProperty("coming")
    COMING,
    /** It has all of it. */
    @JsonProperty("here")
    HERE
  }
}
