package dev.longshore.settings;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Applies the environment and flags over the file. */
final class Overrides {
  private static final String PREFIX = "LONGSHORE_";

  /**
   * Variables that Kubernetes sets in every pod for a Service called longshore or
   * longshore-something.
   */
  private static final Pattern SERVICE_LINK =
      Pattern.compile(".*SERVICE_HOST|.*SERVICE_PORT(_.*)?|(.*_)?PORT(_\\d+_(TCP|UDP)(_.*)?)?");

  private final Shape.SectionOf shape;
  private final Node.Section tree;
  private final List<Problem> problems;

  Overrides(Shape.SectionOf shape, Node.Section tree, List<Problem> problems) {
    this.shape = shape;
    this.tree = tree;
    this.problems = problems;
  }

  void environment(Map<String, String> variables) {
    new TreeMap<>(variables)
        .forEach(
            (variable, text) -> {
              if (!variable.startsWith(PREFIX)) {
                return;
              }
              String path = variable.substring(PREFIX.length());
              ValueOrigin origin = new ValueOrigin.Environment(variable);
              if (!place(shape, tree, Naming.ENVIRONMENT, path, text, origin)
                  && !SERVICE_LINK.matcher(path).matches()) {
                problems.add(new Problem(origin, "there is no such setting"));
              }
            });
  }

  void flags(List<String> flags) {
    for (String flag : flags) {
      int equals = flag.indexOf('=');
      String path = equals < 0 ? flag : flag.substring(0, equals);
      ValueOrigin origin = new ValueOrigin.Flag(path);
      if (equals < 0) {
        problems.add(new Problem(origin, "expected --set key=value"));
      } else if (!place(shape, tree, Naming.FLAG, path, flag.substring(equals + 1), origin)) {
        problems.add(new Problem(origin, "there is no such setting"));
      }
    }
  }

  private boolean place(
      Shape.SectionOf shape,
      Node.Section section,
      Naming naming,
      String path,
      String text,
      ValueOrigin origin) {
    for (Shape.Field field : shape.visible().toList()) {
      for (String key :
          Stream.of(field.key(), field.plainKey(), field.former()).distinct().toList()) {
        String rest = key.isEmpty() ? null : naming.after(path, key);
        if (rest == null) {
          continue;
        }
        if (rest.isEmpty()) {
          set(section, field, key.equals(field.former()) ? field.key() : key, text, origin);
          return true;
        }
        if (descend(section, field, naming, rest, text, origin)) {
          return true;
        }
      }
    }
    return false;
  }

  private void set(
      Node.Section section, Shape.Field field, String key, String text, ValueOrigin origin) {
    if (origin instanceof ValueOrigin.Flag && !key.equals(field.key())) {
      problems.add(
          new Problem(
              origin,
              "is a secret, and others can see flags; write it into a file and name that with"
                  + " --set ..."
                  + field.key()));
      return;
    }
    section.fields().put(key, node(field.shape(), text, origin));
    section.fields().remove(field.former());
    if (field.shape() instanceof Shape.Hidden && !key.equals(field.key())) {
      section.fields().remove(field.key());
    }
  }

  private boolean descend(
      Node.Section section,
      Shape.Field field,
      Naming naming,
      String rest,
      String text,
      ValueOrigin origin) {
    Node present = section.fields().get(field.key());
    return switch (field.shape()) {
      case Shape.SectionOf inner -> {
        Node.Section own =
            present instanceof Node.Section known ? known : Node.Section.empty(origin);
        boolean placed = place(inner, own, naming, rest, text, origin);
        if (placed) {
          section.fields().put(field.key(), own);
        }
        yield placed;
      }
      case Shape.ListOf(Shape.SectionOf inner) -> {
        List<Node> items =
            new ArrayList<>(present instanceof Node.Listing known ? known.items() : List.of());
        boolean placed = placeInItem(inner, items, naming, rest, text, origin);
        if (placed) {
          ValueOrigin at = present == null ? origin : present.origin();
          section.fields().put(field.key(), new Node.Listing(items, at));
        }
        yield placed;
      }
      case Shape.MapOf(var inner) ->
          present instanceof Node.Section named
              && named.fields().entrySet().stream()
                  .anyMatch(
                      entry -> {
                        String inside = naming.after(rest, entry.getKey());
                        return inside != null
                            && entry.getValue() instanceof Node.Section own
                            && place(inner, own, naming, inside, text, origin);
                      });
      case Shape.Leaf _, Shape.Hidden _, Shape.ListOf _ -> false;
    };
  }

  /**
   * An item is addressed by its index in the list or by its name; the index after the last adds
   * one.
   */
  private boolean placeInItem(
      Shape.SectionOf shape,
      List<Node> items,
      Naming naming,
      String path,
      String text,
      ValueOrigin origin) {
    for (int i = 0; i <= items.size(); i++) {
      Node.Section item =
          i < items.size() && items.get(i) instanceof Node.Section known
              ? known
              : Node.Section.empty(origin);
      for (String name : Stream.of(Integer.toString(i), name(item)).toList()) {
        String rest = name.isEmpty() ? null : naming.after(path, name);
        if (rest != null && place(shape, item, naming, rest, text, origin)) {
          if (i == items.size()) {
            items.add(item);
          }
          return true;
        }
      }
    }
    return false;
  }

  private static String name(Node.Section item) {
    @Nullable Node name = item.fields().get("name");
    return name instanceof Node.Scalar scalar ? scalar.text() : "";
  }

  private Node node(Shape shape, String text, ValueOrigin origin) {
    return switch (shape) {
      case Shape.Leaf _, Shape.Hidden _ -> new Node.Scalar(text, origin);
      case Shape.ListOf(Shape.Leaf _) when !text.startsWith("[") ->
          new Node.Listing(
              Arrays.stream(text.split(",", -1))
                  .map(String::strip)
                  .filter(item -> !item.isEmpty())
                  .<Node>map(item -> new Node.Scalar(item, origin))
                  .toList(),
              origin);
      case Shape.ListOf _, Shape.MapOf _, Shape.SectionOf _ ->
          new YamlReader(_ -> origin, problems).read(text);
    };
  }
}
