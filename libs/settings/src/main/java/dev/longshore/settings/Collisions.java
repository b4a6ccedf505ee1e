package dev.longshore.settings;

import dev.longshore.settings.value.Listen;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Finds duplicates: a port, or a name within a list. */
final class Collisions {
  private record Listener(String path, Listen listen, ValueOrigin origin) {}

  private record Taken(String key, ValueOrigin origin) {}

  private final List<Problem> problems;
  private final Map<String, Listener> listeners = new LinkedHashMap<>();

  Collisions(List<Problem> problems) {
    this.problems = problems;
  }

  void listens(String path, Listen listen, ValueOrigin origin) {
    listeners.put(path, new Listener(path, listen, origin));
  }

  /** Each listener needs its own port, whatever the addresses; 0 never collides. */
  void reportPorts() {
    Map<Integer, Listener> first = new HashMap<>();
    for (Listener listener : listeners.values()) {
      if (listener.listen().port() == 0) {
        continue;
      }
      Listener other = first.putIfAbsent(listener.listen().port(), listener);
      if (other != null) {
        boolean written = !(listener.origin() instanceof ValueOrigin.Default);
        Listener blamed = written ? listener : other;
        Listener kept = written ? other : listener;
        problems.add(
            new Problem(
                blamed.origin(),
                blamed.path()
                    + ": port "
                    + blamed.listen().port()
                    + " is that of "
                    + kept.path()
                    + " too ("
                    + kept.origin()
                    + ")"));
      }
    }
  }

  void reportNames(String path, Shape.SectionOf shape, Node.Listing listing) {
    Map<String, Taken> taken = new HashMap<>();
    for (int i = 0; i < listing.items().size(); i++) {
      if (!(listing.items().get(i) instanceof Node.Section section)) {
        continue;
      }
      String item = path + "[" + i + "].";
      shape
          .visible()
          .forEach(
              field -> {
                String group = field.setting() == null ? "" : field.setting().unique();
                Node node = section.fields().get(field.key());
                if (!group.isEmpty() && node != null) {
                  values(node).forEach(value -> take(taken, group, item + field.key(), value));
                }
              });
    }
  }

  private void take(Map<String, Taken> taken, String group, String key, Node.Scalar value) {
    String name = group + " " + value.text().toLowerCase(Locale.ROOT);
    Taken first = taken.putIfAbsent(name, new Taken(key, value.origin()));
    if (first != null) {
      problems.add(
          new Problem(
              value.origin(),
              key
                  + ": \""
                  + value.text()
                  + "\" is taken by "
                  + first.key()
                  + " ("
                  + first.origin()
                  + ")"));
    }
  }

  private static Stream<Node.Scalar> values(Node node) {
    return switch (node) {
      case Node.Scalar scalar -> Stream.of(scalar);
      case Node.Listing(var items, _) -> items.stream().flatMap(Collisions::values);
      case Node.Nothing _, Node.Section _ -> Stream.empty();
    };
  }
}
