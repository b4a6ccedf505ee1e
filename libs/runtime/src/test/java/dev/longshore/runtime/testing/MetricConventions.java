package dev.longshore.runtime.testing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a page of metrics in OpenMetrics must have: a help and a unit of each metric, the attributes
 * that OpenTelemetry's semantic conventions require of its own ones, and no label by which there
 * would be a series for each image.
 */
public final class MetricConventions {
  private static final Pattern OF = Pattern.compile("# (TYPE|HELP|UNIT) (\\S+) (.+)");
  private static final Pattern NAME =
      Pattern.compile("(longshore|http_server|messaging|process)_[a-z0-9]+(_[a-z0-9]+)*");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** A digest, a CID, or a name with a repository. */
  private static final Pattern IMAGE =
      Pattern.compile("sha256:.*|.*\\b(baf[a-z0-9]{20,}|Qm\\w{40,}).*|[^/ ]+/.+");

  private static final Map<String, List<String>> REQUIRED =
      Map.of(
          "http_server_request_duration_seconds_count",
          List.of("http_request_method", "http_response_status_code", "http_route", "url_scheme"),
          "http_server_active_requests",
          List.of("url_scheme"),
          "messaging_process_duration_seconds_count",
          List.of("messaging_operation_name", "messaging_system"));

  private MetricConventions() {}

  /** Everything that is wrong with the page. */
  public static List<String> faults(String page) {
    List<String> faults = new ArrayList<>();
    Map<String, String> types = new HashMap<>();
    Map<String, String> helps = new HashMap<>();
    Map<String, String> units = new HashMap<>();
    page.lines()
        .map(OF::matcher)
        .filter(Matcher::matches)
        .forEach(
            line ->
                Map.of("TYPE", types, "HELP", helps, "UNIT", units)
                    .get(line.group(1))
                    .put(line.group(2), line.group(3)));
    if (types.isEmpty()) {
      faults.add("no metrics: " + page);
    }
    types.forEach(
        (name, type) -> {
          if (!NAME.matcher(name).matches()) {
            faults.add(name + ": no name of ours or of the conventions");
          }
          if (!helps.getOrDefault(name, "").matches("[A-Z0-9].{10,}")) {
            faults.add(name + ": no help");
          }
          if (type.equals("histogram") && !units.containsKey(name)) {
            faults.add(name + ": a histogram without a unit");
          }
        });
    units.forEach(
        (name, unit) -> {
          if (!List.of("seconds", "bytes").contains(unit)) {
            faults.add(name + ": not in a base unit: " + unit);
          }
        });
    page.lines().filter(line -> !line.startsWith("#")).forEach(line -> series(line, faults));
    return faults;
  }

  private static void series(String line, List<String> faults) {
    String series = line.split(" # ", 2)[0];
    String name = series.split("[{ ]", 2)[0];
    Map<String, String> labels = new HashMap<>();
    Matcher label = LABEL.matcher(series);
    while (label.find()) {
      labels.put(label.group(1), label.group(2));
    }
    labels.forEach(
        (key, value) -> {
          if (IMAGE.matcher(value).matches()) {
            faults.add("%s: label %s is of an image: %s".formatted(name, key, value));
          }
        });
    if (!labels.keySet().containsAll(REQUIRED.getOrDefault(name, List.of()))) {
      faults.add(name + ": lacks some of " + REQUIRED.get(name) + ": " + series);
    }
  }
}
