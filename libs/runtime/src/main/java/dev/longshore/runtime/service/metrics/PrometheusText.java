package dev.longshore.runtime.service.metrics;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.metrics.data.DoubleExemplarData;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.SummaryPointData;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Prometheus text format 0.0.4, or OpenMetrics 1.0, which has units and exemplars too. Names follow
 * OpenTelemetry's compatibility rules: dots become underscores, the unit is appended in words, a
 * counter ends in {@code _total}.
 */
final class PrometheusText {
  private static final Map<String, String> UNITS =
      Map.of("s", "seconds", "ms", "milliseconds", "By", "bytes", "1", "");

  private static final String TOTAL = "_total";

  private final StringBuilder page = new StringBuilder();
  private final boolean isOpenMetrics;
  private final Map<String, String> exemplars;

  /**
   * @param exemplars the last of each bucket, updated by each rendering: a collection returns each
   *     exemplar only once, and there may be several readers
   */
  PrometheusText(boolean isOpenMetrics, Map<String, String> exemplars) {
    this.isOpenMetrics = isOpenMetrics;
    this.exemplars = exemplars;
  }

  String write(Collection<MetricData> metrics) {
    // Two meters may share a name, but the page may have only one block of it: the first.
    Map<String, MetricData> byName = new TreeMap<>();
    metrics.forEach(metric -> byName.putIfAbsent(name(metric), metric));
    byName.forEach(this::metric);
    if (isOpenMetrics) {
      line("# EOF");
    }
    return page.toString();
  }

  private static String name(MetricData metric) {
    String name = metric.getName().replaceAll("[^a-zA-Z0-9:_]", "_");
    String suffix = unit(metric);
    if (!suffix.isEmpty() && !name.endsWith("_" + suffix)) {
      name += "_" + suffix;
    }
    return counter(metric) && !name.endsWith(TOTAL) ? name + TOTAL : name;
  }

  /** The unit in words; empty if a name shows none. */
  private static String unit(MetricData metric) {
    String unit = metric.getUnit();
    String word = unit.startsWith("{") ? "" : UNITS.getOrDefault(unit, unit);
    return word.matches("[a-z_]+") ? word : "";
  }

  private static boolean counter(MetricData metric) {
    return switch (metric.getType()) {
      case LONG_SUM -> metric.getLongSumData().isMonotonic();
      case DOUBLE_SUM -> metric.getDoubleSumData().isMonotonic();
      case LONG_GAUGE, DOUBLE_GAUGE, SUMMARY, HISTOGRAM, EXPONENTIAL_HISTOGRAM -> false;
    };
  }

  private void metric(String name, MetricData metric) {
    String family =
        isOpenMetrics && counter(metric) ? name.substring(0, name.length() - TOTAL.length()) : name;
    if (!metric.getDescription().isEmpty()) {
      String help = escape(metric.getDescription());
      line("# HELP " + family + " " + (isOpenMetrics ? help : help.replace("\\\"", "\"")));
    }
    line("# TYPE " + family + " " + type(metric));
    String unit = unit(metric);
    if (isOpenMetrics && !unit.isEmpty() && family.endsWith("_" + unit)) {
      line("# UNIT " + family + " " + unit);
    }
    switch (metric.getType()) {
      case LONG_GAUGE -> metric.getLongGaugeData().getPoints().forEach(p -> point(name, p));
      case LONG_SUM -> metric.getLongSumData().getPoints().forEach(p -> point(name, p));
      case DOUBLE_GAUGE -> metric.getDoubleGaugeData().getPoints().forEach(p -> point(name, p));
      case DOUBLE_SUM -> metric.getDoubleSumData().getPoints().forEach(p -> point(name, p));
      case HISTOGRAM -> metric.getHistogramData().getPoints().forEach(p -> histogram(name, p));
      case SUMMARY -> metric.getSummaryData().getPoints().forEach(p -> summary(name, p));
      case EXPONENTIAL_HISTOGRAM ->
          metric
              .getExponentialHistogramData()
              .getPoints()
              .forEach(p -> totals(name, p.getAttributes(), p.getSum(), p.getCount()));
    }
  }

  private static String type(MetricData metric) {
    if (counter(metric)) {
      return "counter";
    }
    return switch (metric.getType()) {
      case LONG_GAUGE, DOUBLE_GAUGE, LONG_SUM, DOUBLE_SUM -> "gauge";
      case HISTOGRAM -> "histogram";
      case SUMMARY, EXPONENTIAL_HISTOGRAM -> "summary";
    };
  }

  private void point(String name, LongPointData point) {
    line(name + labels(point.getAttributes(), "") + " " + point.getValue());
  }

  private void point(String name, DoublePointData point) {
    line(name + labels(point.getAttributes(), "") + " " + number(point.getValue()));
  }

  private void histogram(String name, HistogramPointData point) {
    long below = 0;
    double from = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < point.getCounts().size(); i++) {
      below += point.getCounts().get(i);
      boolean last = i == point.getBoundaries().size();
      double to = last ? Double.POSITIVE_INFINITY : point.getBoundaries().get(i);
      String bucket = labels(point.getAttributes(), "le=\"" + bound(to) + "\"");
      String key = name + labels(point.getAttributes(), "") + i;
      exemplar(point.getExemplars(), from, to).ifPresent(its -> exemplars.put(key, its));
      String exemplar = isOpenMetrics ? exemplars.getOrDefault(key, "") : "";
      line(name + "_bucket" + bucket + " " + below + exemplar);
      from = to;
    }
    totals(name, point.getAttributes(), point.getSum(), point.getCount());
  }

  /** OpenMetrics writes bounds with a decimal point. */
  private String bound(double to) {
    return isOpenMetrics && !Double.isInfinite(to) ? Double.toString(to) : number(to);
  }

  /** The trace of the last value of a bucket. */
  private static Optional<String> exemplar(List<DoubleExemplarData> all, double from, double to) {
    return all.stream()
        .filter(one -> one.getSpanContext().isValid())
        .filter(one -> one.getValue() > from && one.getValue() <= to)
        .max(Comparator.comparingLong(DoubleExemplarData::getEpochNanos))
        .map(
            one ->
                String.format(
                    Locale.ROOT,
                    " # {span_id=\"%s\",trace_id=\"%s\"} %s %.3f",
                    one.getSpanContext().getSpanId(),
                    one.getSpanContext().getTraceId(),
                    number(one.getValue()),
                    one.getEpochNanos() / 1e9));
  }

  private void summary(String name, SummaryPointData point) {
    point
        .getValues()
        .forEach(
            quantile ->
                line(
                    name
                        + labels(
                            point.getAttributes(),
                            "quantile=\"" + number(quantile.getQuantile()) + "\"")
                        + " "
                        + number(quantile.getValue())));
    totals(name, point.getAttributes(), point.getSum(), point.getCount());
  }

  private void totals(String name, Attributes attributes, double sum, long count) {
    line(name + "_sum" + labels(attributes, "") + " " + number(sum));
    line(name + "_count" + labels(attributes, "") + " " + count);
  }

  private static String labels(Attributes attributes, String last) {
    Map<String, String> sorted = new TreeMap<>();
    attributes.forEach(
        (key, value) ->
            sorted.put(
                key.getKey().replaceAll("[^a-zA-Z0-9_]", "_"), escape(String.valueOf(value))));
    StringBuilder labels = new StringBuilder();
    sorted.forEach((key, value) -> labels.append(key).append("=\"").append(value).append("\","));
    labels.append(last);
    if (last.isEmpty() && !labels.isEmpty()) {
      labels.setLength(labels.length() - 1);
    }
    return labels.isEmpty() ? "" : "{" + labels + "}";
  }

  private static String number(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.format(Locale.ROOT, "%d", (long) value)
        : Double.toString(value);
  }

  private static String escape(String text) {
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\"", "\\\"");
  }

  private void line(String line) {
    page.append(line).append('\n');
  }
}
