package dev.longshore.settings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Every setting of a root record as Markdown: key, default, format and unit, meaning. A record used
 * in several places is a block: one row in each place, and one table.
 */
public final class SettingsTable {
  private static final String HEAD =
      "| setting | default | form | what it does |\n|---|---|---|---|\n";

  private final Map<Class<?>, Integer> uses = new HashMap<>();
  private final Map<Class<?>, Block> blocks = new LinkedHashMap<>();

  private record Block(Shape.SectionOf shape, List<String> places) {}

  private SettingsTable() {}

  /** A table for each section of the root, then one for each block. */
  public static String of(Class<? extends Record> root) {
    SettingsTable table = new SettingsTable();
    Shape.SectionOf shape = ShapeReader.section(root);
    table.count(shape);
    return table.sections(shape) + table.blocks();
  }

  private void count(Shape.SectionOf shape) {
    if (uses.merge(shape.type(), 1, Integer::sum) == 1) {
      shape.fields().forEach(field -> section(field.shape()).ifPresent(this::count));
    }
  }

  private static Optional<Shape.SectionOf> section(Shape shape) {
    return switch (shape) {
      case Shape.SectionOf section -> Optional.of(section);
      case Shape.ListOf(var element) -> section(element);
      case Shape.MapOf(var element) -> Optional.of(element);
      case Shape.Leaf _, Shape.Hidden _ -> Optional.empty();
    };
  }

  private boolean isBlock(Shape.SectionOf shape) {
    return uses.getOrDefault(shape.type(), 0) > 1;
  }

  private String sections(Shape.SectionOf root) {
    Rows single = new Rows("");
    var sections = new StringBuilder();
    root.visible()
        .forEach(
            field -> {
              if (section(field.shape()).isEmpty()) {
                single.field(field, field.fallback(), field.key());
                return;
              }
              Rows rows = new Rows("");
              rows.field(field, field.fallback(), field.key());
              sections.append("\n## ").append(field.key()).append("\n\n").append(sentence(field));
              sections.append("\n\n").append(rows);
            });
    return "## Process\n\n" + single + sections;
  }

  private String blocks() {
    Map<Class<?>, Rows> tables = new LinkedHashMap<>();
    // A block's table may name further blocks.
    while (tables.size() < blocks.size()) {
      for (Block block : List.copyOf(blocks.values())) {
        if (!tables.containsKey(block.shape().type())) {
          Rows rows = new Rows(" of " + link(block.shape()));
          rows.section(block.shape(), Node.Section.empty(new ValueOrigin.Default()), "");
          tables.put(block.shape().type(), rows);
        }
      }
    }
    var text = new StringBuilder("\n## Blocks\n\nSettings that several sections share.\n");
    blocks.forEach(
        (type, block) -> {
          text.append("\n### ").append(name(block.shape())).append("\n\nUsed by ");
          text.append(String.join(", ", block.places())).append(".\n\n").append(tables.get(type));
        });
    return blocks.isEmpty() ? "" : text.toString();
  }

  private static String sentence(Shape.Field field) {
    String doc = field.setting() == null ? "" : field.setting().doc();
    return doc.isEmpty()
        ? ""
        : doc.substring(0, 1).toUpperCase(Locale.ROOT) + doc.substring(1) + ".";
  }

  /** {@code ClientTlsSettings} as {@code client-tls}. */
  private static String name(Shape.SectionOf block) {
    return ShapeReader.kebab(block.type().getSimpleName().replaceFirst("Settings$", ""));
  }

  private static String link(Shape.SectionOf block) {
    return "[" + name(block) + "](#" + name(block) + ")";
  }

  private static String text(Node node) {
    return switch (node) {
      case Node.Scalar(var text, _) -> text;
      case Node.Nothing _ -> "";
      case Node.Listing(var items, _) ->
          items.stream().map(SettingsTable::text).collect(Collectors.joining(", ", "[", "]"));
      case Node.Section section ->
          section.fields().entrySet().stream()
              .map(field -> field.getKey() + ": " + text(field.getValue()))
              .collect(Collectors.joining(", ", "{", "}"));
    };
  }

  private static String escape(String doc) {
    return doc.replace("|", "\\|").replace("<", "\\<");
  }

  /** One table. */
  private final class Rows {
    private final StringBuilder rows = new StringBuilder(HEAD);
    private final String owner;

    /**
     * Starts a table.
     *
     * @param owner text after a path of this table in a block's list of places
     */
    Rows(String owner) {
      this.owner = owner;
    }

    void section(Shape.SectionOf shape, Node.Section defaults, String path) {
      for (Shape.Field field : shape.fields()) {
        Node outer = defaults.fields().get(field.key());
        if (!field.inline()) {
          field(field, outer != null ? outer : field.fallback(), path + field.key());
        } else if (field.shape() instanceof Shape.SectionOf inlined) {
          inlined(inlined, defaults, path);
        }
      }
    }

    private void inlined(Shape.SectionOf shape, Node.Section defaults, String path) {
      if (isBlock(shape)) {
        used(shape, path + "*");
        row(path + "*", "", link(shape), "every setting of that block");
      } else {
        section(shape, defaults, path);
      }
    }

    void field(Shape.Field field, @Nullable Node fallback, String path) {
      switch (field.shape()) {
        case Shape.SectionOf nested -> nested(field, nested, fallback, path, "");
        case Shape.ListOf(Shape.SectionOf nested) ->
            nested(field, nested, fallback, path + "[]", "list: ");
        case Shape.MapOf(var nested) -> nested(field, nested, fallback, path + ".<name>", "");
        case Shape.Leaf(var expectation, _) -> row(field, fallback, path, expectation);
        case Shape.Hidden _ -> row(field, fallback, path, "path of a file");
        case Shape.ListOf(Shape.Leaf(var expectation, _)) ->
            row(field, fallback, path, "list: " + expectation);
        case Shape.ListOf _ -> row(field, fallback, path, "list");
      }
    }

    private void nested(
        Shape.Field field,
        Shape.SectionOf nested,
        @Nullable Node fallback,
        String path,
        String form) {
      if (isBlock(nested)) {
        used(nested, path);
        row(field, fallback, path, form + link(nested));
      } else {
        section(
            nested,
            fallback instanceof Node.Section inner
                ? inner
                : Node.Section.empty(new ValueOrigin.Default()),
            path + ".");
      }
    }

    private void used(Shape.SectionOf block, String path) {
      blocks
          .computeIfAbsent(block.type(), _ -> new Block(block, new ArrayList<>()))
          .places()
          .add("`" + path + "`" + owner);
    }

    private void row(Shape.Field field, @Nullable Node fallback, String path, String form) {
      Setting setting = field.setting();
      if (setting == null) {
        return;
      }
      String value =
          fallback != null ? "`" + text(fallback) + "`" : field.nullable() ? "none" : "required";
      String unit = setting.unit().isEmpty() ? form : form + ", " + setting.unit();
      String former =
          setting.former().isEmpty()
              ? ""
              : "; `" + setting.former() + "` in earlier releases, which is still read";
      row(path, value, unit, escape(setting.doc()) + former);
    }

    private void row(String path, String value, String form, String doc) {
      rows.append("| `").append(path).append("` | ").append(value).append(" | ");
      rows.append(form).append(" | ").append(doc).append(" |\n");
    }

    @Override
    public String toString() {
      return rows.toString();
    }
  }
}
