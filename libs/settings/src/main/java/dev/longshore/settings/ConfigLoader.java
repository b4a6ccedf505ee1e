package dev.longshore.settings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads settings into the records of one root type, whose components are {@link Setting} or {@link
 * Inline}. Types: String, int, long, boolean, Duration, ByteSize, Listen, URI, Path, Instant,
 * enums, {@link Secret}, records, List of these, Map from String to records.
 */
public final class ConfigLoader<T extends Record> {
  private final Class<T> root;
  private final Shape.SectionOf shape;

  public ConfigLoader(Class<T> root) {
    this.root = root;
    this.shape = ShapeReader.section(root);
  }

  /**
   * Reads everything.
   *
   * @throws ConfigException with every problem there is
   */
  public Loaded<T> load(ConfigSources sources) throws ConfigException {
    List<Problem> problems = new ArrayList<>();
    Node.Section tree = tree(sources.file(), problems);
    Overrides overrides = new Overrides(shape, tree, problems);
    overrides.environment(sources.environment());
    overrides.flags(sources.flags());
    Binder binder = new Binder(problems);
    Object settings = binder.root(shape, tree);
    if (settings == null || !problems.isEmpty()) {
      throw new ConfigException(problems.stream().distinct().sorted(Problem.ORDER).toList());
    }
    return new Loaded<>(
        root.cast(settings), binder.origins(), binder.secrets(), binder.secretFiles());
  }

  /** Every problem, as {@code longshore config check} prints them. */
  public List<Problem> check(ConfigSources sources) {
    try {
      load(sources);
      return List.of();
    } catch (ConfigException wrong) {
      return wrong.problems();
    }
  }

  private static Node.Section tree(@Nullable Path file, List<Problem> problems) {
    if (file == null) {
      return Node.Section.empty(new ValueOrigin.Default());
    }
    ValueOrigin start = new ValueOrigin.File(file, 1);
    Node node = new Node.Nothing(start);
    try {
      if (Files.size(file) > YamlReader.LONGEST) {
        problems.add(
            new Problem(start, "is longer than " + YamlReader.LONGEST + " bytes: a wrong file?"));
      } else {
        String text = Files.readString(file, StandardCharsets.UTF_8);
        node = new YamlReader(line -> new ValueOrigin.File(file, line), problems).read(text);
      }
    } catch (NoSuchFileException absent) {
      problems.add(new Problem(start, "there is no such file"));
    } catch (IOException unreadable) {
      problems.add(new Problem(start, "cannot be read: " + unreadable));
    }
    return switch (node) {
      case Node.Section section -> section;
      case Node.Nothing _ -> Node.Section.empty(start);
      case Node.Scalar _, Node.Listing _ -> {
        problems.add(new Problem(start, "is " + node.kind() + " (expected: sections by key)"));
        yield Node.Section.empty(start);
      }
    };
  }
}
