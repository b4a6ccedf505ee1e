package dev.longshore.programs;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;

/** The check that a program works. */
@FunctionalInterface
public interface Ready {
  /** One answer may take this long. */
  int PATIENCE_MILLIS = 2_000;

  /** Called repeatedly; an exception means not yet. */
  @FunctionalInterface
  interface Check {
    boolean isReady() throws IOException;
  }

  /** The check of one start, whose output goes to the log. */
  Check of(Path log);

  /** As soon as it is started. */
  static Ready atOnce() {
    return when(() -> true);
  }

  static Ready when(Check check) {
    return _ -> check;
  }

  /** Its log holds the text. */
  static Ready says(String text) {
    return log -> new LogSearch(log, text)::isFound;
  }

  /** It answers HTTP, whatever it says. */
  static Ready answers(URI address) {
    return when(
        () -> {
          HttpURLConnection call = (HttpURLConnection) address.toURL().openConnection();
          call.setConnectTimeout(PATIENCE_MILLIS);
          call.setReadTimeout(PATIENCE_MILLIS);
          try {
            return call.getResponseCode() > 0;
          } finally {
            call.disconnect();
          }
        });
  }
}
