package dev.longshore.app.ops;

import dev.longshore.runtime.edge.http.Exchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The page's files, as they are in the jar: no program made them of others. Their address has the
 * hash of all of them, so a browser keeps them for ever and never mixes those of two versions.
 */
final class PageFiles {
  private static final String FOLDER = "/ops/";
  private static final String SHELL = "index.html";
  private static final String PLACE = "{assets}";
  private static final int VERSION_DIGITS = 16;

  /** All but the shell. */
  static final List<String> NAMES =
      List.of(
          "style.css",
          "icon.svg",
          "main.js",
          "api.js",
          "dom.js",
          "format.js",
          "live.js",
          "decide.js",
          "login.js",
          "now.js",
          "image.js",
          "site.js",
          "series.js",
          "failures.js",
          "decisions.js",
          "search.js");

  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private final byte[] shell;
  private final String version;

  PageFiles() {
    MessageDigest hash = sha256();
    for (String name : NAMES) {
      byte[] content = read(name);
      files.put(name, content);
      hash.update(content);
    }
    String template = new String(read(SHELL), StandardCharsets.UTF_8);
    hash.update(template.getBytes(StandardCharsets.UTF_8));
    version = HexFormat.of().formatHex(hash.digest()).substring(0, VERSION_DIGITS);
    shell = template.replace(PLACE, folder()).getBytes(StandardCharsets.UTF_8);
  }

  /** Of the files; another one means that the browser's are old. */
  String version() {
    return version;
  }

  /** What the addresses of the files begin with. */
  String folder() {
    return "/assets/" + version + "/";
  }

  /** The document of every view; its program reads the address. */
  void sendShell(Exchange exchange) throws IOException, InterruptedException {
    exchange.send(200, PageHeaders.of("text/html; charset=utf-8", "no-cache"), shell);
  }

  /** One of the others; whether it is there. */
  boolean send(Exchange exchange) throws IOException, InterruptedException {
    Optional<String> name = name(exchange.path());
    if (name.isEmpty()) {
      return false;
    }
    exchange.send(
        200,
        PageHeaders.of(mediaType(name.get()), "public, max-age=31536000, immutable"),
        Objects.requireNonNull(files.get(name.get())));
    return true;
  }

  private Optional<String> name(String path) {
    return Optional.of(path)
        .filter(all -> all.startsWith(folder()))
        .map(all -> all.substring(folder().length()))
        .filter(files::containsKey);
  }

  private static String mediaType(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "js" -> "text/javascript; charset=utf-8";
      case "css" -> "text/css; charset=utf-8";
      case "svg" -> "image/svg+xml";
      default -> throw new IllegalArgumentException(name + " (expected: .js, .css or .svg)");
    };
  }

  private static byte[] read(String name) {
    try (InputStream in = PageFiles.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks ops/" + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("ops/" + name + " cannot be read from the jar", e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
