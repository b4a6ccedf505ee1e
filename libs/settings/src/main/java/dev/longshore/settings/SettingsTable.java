package dev.longshore.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Every setting of a root record as a Markdown table: key, default, form and unit, meaning. */
public final class SettingsTable {
  private final List<String> rows = new ArrayList<>();

  private SettingsTable() {}

  /** The table, with a newline after each row. */
  public static String of(Class<? extends Record> root) {
    SettingsTable table = new SettingsTable();
    table.rows.add("| setting | default | form | what it does |");
    table.rows.add("|---|---|---|---|");
    table.section(ShapeReader.section(root), Node.Section.empty(new Origin.Default()), "");
    return String.join("\n", table.rows) + "\n";
  }

  private void section(Shape.SectionOf shape, Node.Section defaults, String path) {
    shape
        .visible()
        .forEach(
            field -> {
              Node outer = defaults.fields().get(field.key());
              field(field, outer != null ? outer : field.fallback(), path + field.key());
            });
  }

  private void field(Shape.Field field, @Nullable Node fallback, String path) {
    Node.Section inner =
        fallback instanceof Node.Section section
            ? section
            : Node.Section.empty(new Origin.Default());
    switch (field.shape()) {
      case Shape.SectionOf nested -> section(nested, inner, path + ".");
      case Shape.ListOf(Shape.SectionOf nested) -> section(nested, inner, path + "[].");
      case Shape.MapOf(var nested) -> section(nested, inner, path + ".<name>.");
      case Shape.Leaf(var expectation, _) -> row(field, path, fallback, expectation);
      case Shape.Hidden _ -> row(field, path, fallback, "path of a file");
      case Shape.ListOf(Shape.Leaf(var expectation, _)) ->
          row(field, path, fallback, "list: " + expectation);
      case Shape.ListOf _ -> row(field, path, fallback, "list");
    }
  }

  private void row(Shape.Field field, String path, @Nullable Node fallback, String form) {
    Setting setting = field.setting();
    if (setting == null) {
      return;
    }
    String value =
        fallback != null ? "`" + text(fallback) + "`" : field.nullable() ? "none" : "required";
    String unit = setting.unit().isEmpty() ? form : form + ", " + setting.unit();
    rows.add("| `" + path + "` | " + value + " | " + unit + " | " + escape(setting.doc()) + " |");
  }

  private static String text(Node node) {
    return switch (node) {
      case Node.Scalar(var text, _) -> text;
      case Node.Nothing _ -> "";
      case Node.Listing(var items, _) ->
          items.stream().map(SettingsTable::text).collect(Collectors.joining(", ", "[", "]"));
      case Node.Section _ -> "{}";
    };
  }

  private static String escape(String doc) {
    return doc.replace("|", "\\|");
  }
}
