package dev.longshore.app.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.runtime.edge.access.Holder;
import dev.longshore.runtime.edge.access.TokenEntry;
import dev.longshore.runtime.edge.rights.Scope;
import java.time.Instant;

/** A caller from a tokens file, in {@code token list}. */
record ListedCaller(TokenEntry caller) {
  void put(ObjectNode node) {
    node.put("name", caller.name());
    switch (caller.holder()) {
      case Holder.Token _ -> {}
      case Holder.Certificate(String name) -> node.put("certificate", name);
      case Holder.Person(String name) -> node.put("person", name);
      case Holder.Group(String name) -> node.put("group", name);
    }
    var scopes = node.putArray("scopes");
    caller.scopes().forEach(scope -> scopes.add(scope.text()));
    var repositories = node.putArray("repositories");
    caller.repositories().forEach(repositories::add);
    caller.expires().ifPresent(end -> node.put("expires", end.toString()));
  }

  String line(Instant now) {
    String scopes = String.join(", ", caller.scopes().stream().map(Scope::text).toList());
    String repositories =
        caller.repositories().isEmpty() ? "" : " of " + String.join(", ", caller.repositories());
    return caller.name() + holder() + ": " + scopes + repositories + ending(now);
  }

  private String holder() {
    return switch (caller.holder()) {
      case Holder.Token _ -> "";
      case Holder.Certificate(String name) -> " (certificate " + name + ")";
      case Holder.Person(String name) -> " (person " + name + ")";
      case Holder.Group(String name) -> " (group " + name + ")";
    };
  }

  private String ending(Instant now) {
    return caller
        .expires()
        .map(end -> (now.isBefore(end) ? ", ends at " : ", ended at ") + end)
        .orElse("");
  }
}
