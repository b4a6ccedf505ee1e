package dev.longshore.oci;

import dev.longshore.testing.HostileInput;
import dev.longshore.testing.HostileInputs;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Attacks on one list of descriptors, be it an image's layers or an index's entries. */
final class HostileManifests {
  private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);
  private static final int MANY = 1_300_000;

  private final String mediaType;
  private final String list;
  private final String before;

  private HostileManifests(String mediaType, String list, String before) {
    this.mediaType = mediaType;
    this.list = list;
    this.before = before;
  }

  static HostileManifests ofImages() {
    return new HostileManifests(
        MediaType.OCI_MANIFEST,
        "layers",
        "\"config\":" + descriptor(MediaType.OCI_CONFIG, "2", "") + ",");
  }

  static HostileManifests ofIndexes() {
    return new HostileManifests(MediaType.OCI_INDEX, "manifests", "");
  }

  private static String descriptor(String mediaType, String size, String more) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%s%s}"
        .formatted(mediaType, DIGEST, size, more);
  }

  private String with(String children, String more) {
    return "{\"schemaVersion\":2,\"mediaType\":\"%s\",%s\"%s\":[%s]%s}"
        .formatted(mediaType, before, list, children, more);
  }

  private String child(String more) {
    return descriptor(MediaType.OCI_MANIFEST, "2", more);
  }

  String valid() {
    return with(
        child(",\"platform\":{\"os\":\"linux\",\"architecture\":\"arm\",\"variant\":\"v7\"}")
            + ","
            + child(",\"annotations\":{\"a\":\"b\"},\"urls\":[\"https://x/\"],\"data\":\"e30=\""),
        ",\"annotations\":{\"k\":\"<v>\"},\"subject\":" + child(""));
  }

  byte[] validBytes() {
    return valid().getBytes(StandardCharsets.UTF_8);
  }

  List<HostileInput> inputs(long seed) {
    var inputs = new HostileInputs(seed);
    inputs.damage(validBytes());
    inputs.each(
        "size",
        HostileInputs.oddNumbers(),
        number -> with(descriptor(MediaType.OCI_LAYER, number, ""), ""));
    inputs.each(
        "schemaVersion",
        HostileInputs.oddNumbers(),
        number -> valid().replace("\"schemaVersion\":2", "\"schemaVersion\":" + number));
    inputs.each("digest", HostileInputs.oddTexts(), text -> valid().replace(DIGEST, escaped(text)));
    inputs.each(
        "media type", HostileInputs.oddTexts(), text -> valid().replace(mediaType, escaped(text)));
    inputs.each(
        "annotation",
        HostileInputs.oddTexts(),
        text -> with("", ",\"annotations\":{\"%s\":\"%1$s\"}".formatted(escaped(text))));
    twoMeanings(inputs);
    sizes(inputs);
    return inputs.list();
  }

  private void twoMeanings(HostileInputs inputs) {
    String other =
        mediaType.equals(MediaType.OCI_INDEX) ? MediaType.OCI_MANIFEST : MediaType.OCI_INDEX;
    inputs.add("two media types", with("", ",\"mediaType\":\"" + other + "\""));
    inputs.add("the same media type twice", with("", ",\"mediaType\":\"" + mediaType + "\""));
    inputs.add("the list twice", with(child(""), ",\"%s\":[]".formatted(list)));
    inputs.add("another's media type", valid().replace(mediaType, other));
    inputs.add("both shapes", with("", ",\"manifests\":[],\"layers\":[],\"config\":{}"));
    inputs.add("a name in another case", with("", ",\"MediaType\":\"" + other + "\""));
    inputs.add("a name with a Kelvin sign", with("", ",\"\u212Aonfig\":{}"));
    inputs.add("two digests", with(child(",\"digest\":\"" + DIGEST + "\""), ""));
    inputs.add("a name escaped", with("", ",\"media\\u0054ype\":\"" + other + "\""));
    inputs.add("two documents", valid() + valid());
    inputs.add("a comment", "/* */" + valid());
    inputs.add("a comma too many", with(child("") + ",", ""));
    inputs.add("names without quotes", valid().replace("\"mediaType\"", "mediaType"));
    inputs.add("a child that is itself", with(valid(), ""));
    inputs.add("half a surrogate", with("", ",\"annotations\":{\"\\ud800\":\"\\udc00\\ud800\"}"));
  }

  private void sizes(HostileInputs inputs) {
    inputs.add("100,000 children", with(repeated(child(""), 100_000), ""));
    inputs.add("25,000 children", with(repeated(child(""), 25_000), ""));
    inputs.add("100,000 nulls as children", with(repeated("null", 100_000), ""));
    inputs.add("arrays nested 100,000 deep", with("", ",\"x\":" + "[".repeat(100_000)));
    inputs.add("objects nested 100,000 deep", with("", ",\"x\":" + "{\"x\":".repeat(100_000)));
    inputs.add(
        "arrays nested 900 deep and closed",
        with("", ",\"x\":" + "[".repeat(900) + "]".repeat(900)));
    inputs.add("empty objects", with("", ",\"x\":[" + repeated("{}", MANY) + "]"));
    inputs.add("empty arrays", with("", ",\"x\":[" + repeated("[]", MANY) + "]"));
    inputs.add(
        "fractions",
        with("", ",\"x\":[" + repeated(".5", 10) + "," + repeated("1.5", 1_000_000) + "]"));
    inputs.add("small fractions", with("", ",\"x\":[" + repeated("1.5", 1_000_000) + "]"));
    inputs.add("small texts", with("", ",\"x\":[" + repeated("\"\"", MANY) + "]"));
    inputs.add(
        "many names", with("", ",\"x\":{" + names(HostileInputs.collidingNames(7, 17)) + "}"));
    inputs.add(
        "names of one hash as Java computes it",
        with("", ",\"annotations\":{" + names(HostileInputs.collidingNames(31, 16)) + "}"));
    inputs.add(
        "names of one hash as the parser computes it",
        with("", ",\"annotations\":{" + names(HostileInputs.collidingNames(33, 16)) + "}"));
    inputs.add("a text of 4 MiB", with("", ",\"x\":\"" + "x".repeat(4_190_000) + "\""));
    inputs.add("a name of 4 MiB", with("", ",\"" + "x".repeat(4_190_000) + "\":1"));
    inputs.add("escapes of 4 MiB", with("", ",\"x\":\"" + "\\u0000".repeat(690_000) + "\""));
    inputs.add("over 4 MiB", valid() + " ".repeat(Manifest.MANIFEST_LIMIT));
    byte[] broken = new byte[4_190_000];
    java.util.Arrays.fill(broken, (byte) 0xC3);
    inputs.add(
        "4 MiB that is no UTF-8",
        HostileInputs.joined(
            "{\"x\":\"".getBytes(StandardCharsets.UTF_8),
            broken,
            ("\"," + valid().substring(1)).getBytes(StandardCharsets.UTF_8)));
  }

  private static String repeated(String one, int times) {
    return (one + ",").repeat(times - 1) + one;
  }

  private static String names(List<String> names) {
    return IntStream.range(0, names.size())
        .mapToObj(i -> "\"" + names.get(i) + "\":\"\"")
        .collect(Collectors.joining(","));
  }

  /** As the inside of a JSON text; control characters stay bare now and then, which is damage. */
  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\u0000", "\\u0000");
  }
}
