package dev.longshore.oci.files;

import dev.longshore.testing.HostileInput;
import dev.longshore.testing.HostileInputs;
import dev.longshore.testing.Tar;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Attacks on archives of saved images, from their headers to Docker's list of images. */
final class HostileTars {
  private static final byte[] EMPTY = {};
  private static final byte[] CONFIG = ascii("{\"os\":\"linux\"}");
  private static final byte[] LAYER = new byte[1024];

  /** Size fields; the last is binary, as GNU writes what octal digits cannot hold. */
  private static final List<String> SIZES =
      List.of(
          "00000000001",
          "77777777777",
          "777777777777",
          "-0000000001",
          "99999999999",
          "           ",
          "\0\0\0\0\0\0",
          "0x100",
          "\u007f\u007f\u007f\u007f");

  private HostileTars() {}

  static List<HostileInput> inputs(long seed, byte[] docker, byte[] layout) {
    var inputs = new HostileInputs(seed);
    inputs.damage(docker).damage(layout);
    for (String size : SIZES) {
      inputs.add("size field " + size, oneImage(new Tar().entry("c.json", '0', size, "", CONFIG)));
    }
    for (char type :
        new char[] {
          '1', '2', '3', '4', '5', '6', '7', 'D', 'K', 'L', 'M', 'N', 'S', 'V', 'g', 'x', 'X', '~',
          '\0'
        }) {
      inputs.add(
          "config of entry type " + (int) type,
          oneImage(new Tar().entry("c.json", type, "00000000016", "c.json", CONFIG)));
    }
    pax(inputs);
    names(inputs);
    lists(inputs);
    return inputs.list();
  }

  private static byte[] oneImage(Tar config) {
    return image(
        config.file("l.tar", LAYER),
        "[{\"Config\":\"c.json\",\"RepoTags\":[\"a:v\"],\"Layers\":[\"l.tar\"]}]");
  }

  private static byte[] image(Tar files, String manifest) {
    return files.file("manifest.json", ascii(manifest)).bytes();
  }

  private static Tar files() {
    return new Tar().file("c.json", CONFIG).file("l.tar", LAYER);
  }

  private static void pax(HostileInputs inputs) {
    for (String size :
        List.of(
            "-1",
            "0",
            "9223372036854775807",
            "9223372036854775808",
            "1e3",
            "x",
            "",
            "9".repeat(500))) {
      inputs.add("PAX size " + size, paxed(record("size", size)));
    }
    inputs.add("PAX path above the root", paxed(record("path", "../../../../etc/passwd")));
    inputs.add("PAX path of a manifest", paxed(record("path", "manifest.json")));
    inputs.add("PAX path of 900 kB", paxed(record("path", "a/".repeat(450_000))));
    inputs.add("PAX path with a NUL", paxed(record("path", "c.json\0x")));
    inputs.add("PAX record of length 0", paxed("0 size=1\n"));
    inputs.add("PAX record longer than the header", paxed("999999999 size=1\n"));
    inputs.add("PAX record of negative length", paxed("-5 size=1\n"));
    inputs.add("PAX record without an end", paxed("9".repeat(2_000)));
    inputs.add("PAX records by the thousand", paxed(record("comment", "x").repeat(50_000)));
    inputs.add(
        "sparse map that lies",
        paxed(
            record("GNU.sparse.major", "1")
                + record("GNU.sparse.minor", "0")
                + record("GNU.sparse.name", "c.json")
                + record("GNU.sparse.realsize", "9223372036854775807")));
    inputs.add(
        "sparse map of old form",
        paxed(
            record("GNU.sparse.size", "9223372036854775807")
                + record("GNU.sparse.numblocks", "2147483647")
                + record("GNU.sparse.map", "0,9223372036854775807,1,1")));
    inputs.add(
        "a long name of 8 GiB",
        oneImage(new Tar().entry("././@LongLink", 'L', "77777777777", "", ascii("a".repeat(600)))));
    var chained = new Tar();
    for (int i = 0; i < 3_000; i++) {
      chained.entry("././@LongLink", 'L', "00000000002", "", ascii("a\0"));
    }
    inputs.add("names of names of names", oneImage(chained));
  }

  private static byte[] paxed(String records) {
    byte[] content = ascii(records);
    String size = String.format(java.util.Locale.ROOT, "%011o", content.length);
    return oneImage(new Tar().entry("pax", 'x', size, "", content).file("c.json", CONFIG));
  }

  /** A record says its own length first (POSIX pax). */
  private static String record(String key, String value) {
    int rest = key.length() + value.length() + 3;
    int length = rest + Integer.toString(rest + 2).length();
    return length + " " + key + "=" + value + "\n";
  }

  private static void names(HostileInputs inputs) {
    var circle = new Tar();
    var ladder = new Tar();
    for (int i = 0; i < 2_000; i++) {
      circle.symlink("link" + i, "link" + (i + 1) % 2_000);
      ladder.symlink("link" + i, i == 0 ? "l.tar" : "link" + (i - 1));
    }
    Function<String, String> list =
        layer -> "[{\"Config\":\"c.json\",\"Layers\":[\"%s\"]}]".formatted(layer);
    inputs.add("links in a circle", image(circle.file("c.json", CONFIG), list.apply("link0")));
    inputs.add(
        "links over links",
        image(ladder.file("c.json", CONFIG).file("l.tar", LAYER), list.apply("link1999")));
    for (String target :
        List.of("/etc/passwd", "../../../etc/passwd", "", ".", "/", "l.tar/../c.json")) {
      inputs.add("a link to " + target, image(files().symlink("link", target), list.apply("link")));
    }
    for (String path :
        List.of(
            "../l.tar",
            "/l.tar",
            "./././l.tar",
            "x/../l.tar",
            "..",
            "",
            "l.tar/",
            "a/".repeat(500_000))) {
      inputs.add(
          "a layer at " + path.substring(0, Math.min(20, path.length())),
          image(files(), list.apply(path)));
    }
    inputs.add(
        "a file with the marker's name that is a folder",
        new Tar().directory("oci-layout").directory("index.json").bytes());
    var many = new Tar();
    for (int i = 0; i < 30_000; i++) {
      many.entry("d", '5', "00000000000", "", EMPTY);
    }
    inputs.add("30,000 entries", oneImage(many.file("c.json", CONFIG)));
    inputs.add(
        "the list twice", image(files().file("manifest.json", ascii("[]")), list.apply("l.tar")));
  }

  private static void lists(HostileInputs inputs) {
    for (String json :
        List.of(
            "",
            "null",
            "[]",
            "{}",
            "[[]]",
            "[null]",
            "[1]",
            "[{}]",
            "[{\"Config\":{},\"Layers\":{}}]",
            "[{\"Config\":\"c.json\"}]",
            "[{\"Config\":\"c.json\",\"Layers\":[null,1,{}]}]",
            "[{\"Config\":\"l.tar\",\"Layers\":[\"c.json\"],\"RepoTags\":{\"a\":1}}]",
            "[".repeat(100_000))) {
      inputs.add("list " + json.substring(0, Math.min(40, json.length())), image(files(), json));
    }
    inputs.add(
        "1,000 images of 900 layers",
        image(files().file("l", LAYER), images(1_000, times("\"l\"", 900), "")));
    inputs.add("600,000 tags", image(files(), images(1, "\"l.tar\"", times("\"a:v\"", 600_000))));
    inputs.add("empty objects", image(files(), "[{\"x\":[" + times("{}", 1_300_000) + "]}]"));
    var large = new Tar().file("c.json", new byte[4 << 20]).file("l.tar", new byte[16 << 20]);
    for (int i = 0; i < 1_000; i++) {
      large.symlink("link" + i, "l.tar");
    }
    String linked =
        IntStream.range(0, 1_000)
            .mapToObj(i -> "\"link" + i + "\"")
            .collect(Collectors.joining(","));
    inputs.add("one layer under 1,000 names", image(large, images(1, linked, "")));
    inputs.add(
        "one config of 4 MiB in 1,000 images",
        image(
            new Tar().file("c.json", new byte[4 << 20]).file("l.tar", LAYER),
            images(1_000, "\"l.tar\"", "")));
  }

  private static String images(int count, String layers, String tags) {
    return "["
        + times(
            "{\"Config\":\"c.json\",\"RepoTags\":[%s],\"Layers\":[%s]}".formatted(tags, layers),
            count)
        + "]";
  }

  private static String times(String one, int count) {
    return (one + ",").repeat(count - 1) + one;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
