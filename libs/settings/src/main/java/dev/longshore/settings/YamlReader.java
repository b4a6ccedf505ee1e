package dev.longshore.settings;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/** Reads YAML into nodes that know their lines. Constructs no objects, whatever tags it has. */
final class YamlReader {
  /** A configuration with thousands of rules is well below it; detects a wrong file early. */
  static final int LONGEST = 1 << 20;

  /** Sections within sections; the deepest setting needs 5. */
  private static final int DEEPEST = 20;

  /** Anchors can make a small file expand to a large one. */
  private static final int MOST_NODES = 100_000;

  private final IntFunction<ValueOrigin> lines;
  private final List<Problem> problems;
  private int nodes;
  private int depth;

  /**
   * Prepares to read one text.
   *
   * @param lines the origin of a line, from 1
   * @param problems receives problems
   */
  YamlReader(IntFunction<ValueOrigin> lines, List<Problem> problems) {
    this.lines = lines;
    this.problems = problems;
  }

  /** The document, or nothing when it is empty or not YAML (which is then a problem). */
  Node read(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(LONGEST);
    options.setNestingDepthLimit(DEEPEST);
    try {
      // Like Yaml.compose; a Yaml could also construct objects, and opens a log for that.
      org.yaml.snakeyaml.nodes.@Nullable Node root =
          new Composer(
                  new ParserImpl(new StreamReader(new StringReader(text)), options),
                  new Resolver(),
                  options)
              .getSingleNode();
      return root == null ? new Node.Nothing(lines.apply(1)) : node(root);
    } catch (MarkedYAMLException broken) {
      Mark mark = broken.getProblemMark();
      problems.add(
          new Problem(
              lines.apply(mark == null ? 1 : mark.getLine() + 1),
              "is not YAML: " + broken.getProblem()));
    } catch (YAMLException broken) {
      problems.add(new Problem(lines.apply(1), "is not YAML: " + broken.getMessage()));
    }
    return new Node.Nothing(lines.apply(1));
  }

  private Node node(org.yaml.snakeyaml.nodes.Node node) {
    ValueOrigin origin = origin(node);
    if (++nodes > MOST_NODES) {
      throw new YAMLException("more than " + MOST_NODES + " values, anchors counted each time");
    }
    // Deeper than the text itself: an anchor that contains itself.
    if (++depth > DEEPEST) {
      throw new YAMLException("more than " + DEEPEST + " sections within sections");
    }
    Node read = read(node, origin);
    depth--;
    return read;
  }

  private Node read(org.yaml.snakeyaml.nodes.Node node, ValueOrigin origin) {
    return switch (node) {
      case ScalarNode scalar when scalar.getTag().equals(Tag.NULL) -> new Node.Nothing(origin);
      case ScalarNode scalar -> new Node.Scalar(scalar.getValue(), origin);
      case SequenceNode list -> {
        List<Node> items = new ArrayList<>();
        list.getValue().forEach(item -> items.add(node(item)));
        yield new Node.Listing(items, origin);
      }
      case MappingNode mapping -> new Node.Section(fields(mapping), origin);
      default -> throw new YAMLException("an anchor that was never set");
    };
  }

  private Map<String, Node> fields(MappingNode mapping) {
    Map<String, Node> fields = new LinkedHashMap<>();
    for (NodeTuple field : mapping.getValue()) {
      if (!(field.getKeyNode() instanceof ScalarNode key)) {
        problems.add(new Problem(origin(field.getKeyNode()), "a key must be plain text"));
        continue;
      }
      Node value = node(field.getValueNode());
      Node first = fields.putIfAbsent(key.getValue(), at(value, origin(key)));
      if (first != null) {
        problems.add(
            new Problem(
                origin(key), key.getValue() + ": is set twice, first at " + first.origin()));
      }
    }
    return fields;
  }

  /** The line of a section or list is that of its key, not its first line. */
  private static Node at(Node value, ValueOrigin key) {
    return switch (value) {
      case Node.Section(var fields, _) -> new Node.Section(fields, key);
      case Node.Listing(var items, _) -> new Node.Listing(items, key);
      case Node.Nothing _ -> new Node.Nothing(key);
      case Node.Scalar scalar -> scalar;
    };
  }

  private ValueOrigin origin(org.yaml.snakeyaml.nodes.Node node) {
    return lines.apply(node.getStartMark().getLine() + 1);
  }
}
