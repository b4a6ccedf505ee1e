package dev.longshore.settings;

import dev.longshore.settings.value.Listen;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns nodes into records, and reports what does not fit. */
final class Binder {
  private static final Pattern ABOUT_KEY = Pattern.compile("([a-z][a-z0-9-]*): .*", Pattern.DOTALL);

  private final List<Problem> problems;
  private final SortedMap<String, ValueOrigin> origins = new TreeMap<>();
  private final List<Secret> secrets = new ArrayList<>();
  private final SortedMap<String, Path> secretFiles = new TreeMap<>();
  private final Collisions collisions;

  Binder(List<Problem> problems) {
    this.problems = problems;
    this.collisions = new Collisions(problems);
  }

  /** The record, or nothing if there are problems. */
  @Nullable Object root(Shape.SectionOf shape, Node.Section node) {
    Object bound = section(shape, node, "");
    collisions.reportPorts();
    return bound;
  }

  /** The origin of each value, by its path. */
  SortedMap<String, ValueOrigin> origins() {
    return origins;
  }

  /** Every secret that was read. */
  List<Secret> secrets() {
    return secrets;
  }

  /** The file of each secret that has one, by the path of its setting. */
  SortedMap<String, Path> secretFiles() {
    return secretFiles;
  }

  private Secret keep(Secret secret) {
    secrets.add(secret);
    return secret;
  }

  private @Nullable Object section(Shape.SectionOf shape, Node.Section node, String path) {
    List<String> keys = shape.visible().map(Shape.Field::key).toList();
    List<String> formerKeys =
        shape.visible().map(Shape.Field::former).filter(key -> !key.isEmpty()).toList();
    node.fields()
        .forEach(
            (key, value) -> {
              if (!keys.contains(key)
                  && !formerKeys.contains(key)
                  && !secretOfEnvironment(shape, key, value)) {
                problems.add(new Problem(value.origin(), path + key + unknown(shape, key, keys)));
              }
            });
    return components(shape, node, path);
  }

  private static boolean secretOfEnvironment(Shape.SectionOf shape, String key, Node value) {
    return value.origin() instanceof ValueOrigin.Environment
        && shape.visible().anyMatch(field -> field.plainKey().equals(key));
  }

  private static String unknown(Shape.SectionOf shape, String key, List<String> keys) {
    boolean secret = shape.visible().anyMatch(field -> field.plainKey().equals(key));
    return secret
        ? ": is a secret; write it into a file and name that as " + key + "-file"
        : ": there is no such setting" + NearestKey.hint(key, keys);
  }

  private @Nullable Object components(Shape.SectionOf shape, Node.Section node, String path) {
    int before = problems.size();
    List<Shape.Field> fields = shape.fields();
    @Nullable Object[] arguments = new @Nullable Object[fields.size()];
    for (int i = 0; i < arguments.length; i++) {
      Shape.Field field = fields.get(i);
      arguments[i] =
          field.inline() && field.shape() instanceof Shape.SectionOf inlined
              ? components(inlined, node, path)
              : field(field, node, path);
    }
    return problems.size() > before ? null : construct(shape, arguments, node, path);
  }

  private @Nullable Object field(Shape.Field field, Node.Section section, String path) {
    Node former = field.formerly(section);
    if (former != null && section.fields().containsKey(field.key())) {
      String both = ": is the earlier name of " + field.key() + ", which is set too; remove it";
      problems.add(new Problem(former.origin(), path + field.former() + both));
    }
    Node node = effective(field, section);
    if (node != null) {
      return value(field.shape(), node, path + field.key());
    }
    Node secret = section.fields().get(field.plainKey());
    if (field.shape() instanceof Shape.Hidden
        && secret instanceof Node.Scalar(var text, var from)) {
      origins.put(path + field.plainKey(), from);
      return keep(new Secret(text));
    }
    if (!field.nullable()) {
      String doc = field.setting() == null ? "" : ": " + field.setting().doc();
      problems.add(new Problem(section.origin(), path + field.key() + ": is missing" + doc));
    }
    return null;
  }

  /** The given values over the defaults. */
  private static @Nullable Node effective(Shape.Field field, Node.Section section) {
    Node given = section.fields().get(field.key());
    if (given == null) {
      given = field.formerly(section);
    }
    boolean holdsFields = field.shape() instanceof Shape.SectionOf;
    if (given instanceof Node.Nothing(var origin)) {
      given = holdsFields ? Node.Section.empty(origin) : null;
    }
    if (given instanceof Node.Section own
        && holdsFields
        && field.fallback() instanceof Node.Section defaults) {
      return own.over(defaults);
    }
    return given != null ? given : field.fallback();
  }

  private @Nullable Object value(Shape shape, Node node, String path) {
    return switch (shape) {
      case Shape.Leaf leaf when node instanceof Node.Scalar scalar -> leaf(leaf, scalar, path);
      case Shape.Hidden _ when node instanceof Node.Scalar scalar -> secret(scalar, path);
      case Shape.ListOf(var element) when node instanceof Node.Listing listing ->
          list(element, listing, path);
      case Shape.MapOf(var element) when node instanceof Node.Section named ->
          map(element, named, path);
      case Shape.SectionOf inner when node instanceof Node.Section section ->
          section(inner, section, path + ".");
      case Shape.Leaf(var expectation, _) -> mismatch(node, path, expectation);
      case Shape.Hidden _ -> mismatch(node, path, "the path of a file");
      case Shape.ListOf _ -> mismatch(node, path, "a list");
      case Shape.MapOf _ -> mismatch(node, path, "sections by name");
      case Shape.SectionOf _ -> mismatch(node, path, "a section");
    };
  }

  private @Nullable Object mismatch(Node node, String path, String expectation) {
    problems.add(
        new Problem(
            node.origin(), path + ": is " + node.kind() + " (expected: " + expectation + ")"));
    return null;
  }

  private @Nullable Object leaf(Shape.Leaf leaf, Node.Scalar scalar, String path) {
    origins.put(path, scalar.origin());
    try {
      Object value = leaf.parse().apply(scalar.text());
      if (value instanceof Listen listen) {
        collisions.listens(path, listen, scalar.origin());
      }
      return value;
    } catch (IllegalArgumentException refused) {
      problems.add(new Problem(scalar.origin(), path + ": " + refused.getMessage()));
      return null;
    }
  }

  private @Nullable Object secret(Node.Scalar scalar, String path) {
    origins.put(path, scalar.origin());
    Path file = Path.of(scalar.text());
    if (scalar.origin() instanceof ValueOrigin.File(var config, _)) {
      file = config.resolveSibling(file);
    }
    secretFiles.put(path, file);
    try {
      return keep(Secret.of(file));
    } catch (IllegalArgumentException refused) {
      problems.add(new Problem(scalar.origin(), path + ": " + refused.getMessage()));
      return null;
    }
  }

  private Object list(Shape element, Node.Listing listing, String path) {
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < listing.items().size(); i++) {
      Object value = value(element, listing.items().get(i), path + "[" + i + "]");
      if (value != null) {
        values.add(value);
      }
    }
    origins.put(path, listing.origin());
    if (element instanceof Shape.SectionOf sections) {
      collisions.reportNames(path, sections, listing);
    }
    return values;
  }

  private Object map(Shape.SectionOf element, Node.Section named, String path) {
    Map<String, Object> values = new LinkedHashMap<>();
    named
        .fields()
        .forEach(
            (name, node) -> {
              Node present =
                  node instanceof Node.Nothing(var origin) ? Node.Section.empty(origin) : node;
              Object value = value(element, present, path + "." + name);
              if (value != null) {
                values.put(name, value);
              }
            });
    return values;
  }

  private @Nullable Object construct(
      Shape.SectionOf shape, @Nullable Object[] arguments, Node.Section node, String path) {
    Class<?>[] types =
        Arrays.stream(shape.type().getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = shape.type().getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException thrown) {
      if (thrown.getCause() instanceof IllegalArgumentException refused) {
        problems.add(refusal(String.valueOf(refused.getMessage()), node, path));
        return null;
      }
      throw new IllegalStateException("cannot make a " + shape.type(), thrown);
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException("cannot make a " + shape.type(), impossible);
    }
  }

  private static Problem refusal(String message, Node.Section node, String path) {
    Matcher about = ABOUT_KEY.matcher(message);
    Node field = about.matches() ? node.fields().get(about.group(1)) : null;
    String section = path.endsWith(".") ? path.substring(0, path.length() - 1) + ": " : path;
    return field == null
        ? new Problem(node.origin(), section + message)
        : new Problem(field.origin(), path + message);
  }
}
