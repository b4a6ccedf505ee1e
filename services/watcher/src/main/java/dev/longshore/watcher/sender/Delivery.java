package dev.longshore.watcher.sender;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** One request of a sender, whoever that really is. */
public final class Delivery {
  private final String contentType;
  private final Function<String, Optional<String>> headers;
  private final byte[] body;

  /**
   * @param headers the first value of each header, by its name in any case
   */
  public Delivery(String contentType, Function<String, Optional<String>> headers, byte[] body) {
    this.contentType = contentType;
    this.headers = headers;
    this.body = body.clone();
  }

  /** A body whose headers nobody kept. */
  public Delivery(String contentType, byte[] body) {
    this(contentType, _ -> Optional.empty(), body);
  }

  public byte[] body() {
    return body.clone();
  }

  public String contentType() {
    return contentType;
  }

  String header(String name) {
    return headers.apply(name).orElse("");
  }

  /** The content type without parameters. */
  String mediaType() {
    return mediaType(contentType);
  }

  /** A content type without parameters, in lower case. */
  public static String mediaType(String contentType) {
    int parameters = contentType.indexOf(';');
    String type = parameters < 0 ? contentType : contentType.substring(0, parameters);
    return type.strip().toLowerCase(Locale.ROOT);
  }
}
