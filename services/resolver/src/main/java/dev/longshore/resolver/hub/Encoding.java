package dev.longshore.resolver.hub;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** Content codings of an answer, the best first. */
enum Encoding {
  ZSTD {
    @Override
    OutputStream around(OutputStream out) throws IOException {
      return new ZstdOutputStream(out);
    }
  },
  GZIP {
    @Override
    OutputStream around(OutputStream out) throws IOException {
      return new GZIPOutputStream(out, 8 * 1024, true);
    }
  },
  NONE {
    @Override
    OutputStream around(OutputStream out) {
      return out;
    }
  };

  /** A stream whose flush passes on all that was written. */
  abstract OutputStream around(OutputStream out) throws IOException;

  /** The best that the caller accepts. */
  static Encoding of(List<String> acceptEncoding) {
    List<String> accepted =
        acceptEncoding.stream()
            .flatMap(header -> Arrays.stream(header.toLowerCase(Locale.ROOT).split(",", -1)))
            .map(String::strip)
            .filter(coding -> !coding.matches(".*;\\s*q=0(\\.0*)?"))
            .map(coding -> coding.split(";", 2)[0].strip())
            .toList();
    return Arrays.stream(values())
        .filter(one -> one == NONE || accepted.contains(one.token()))
        .findFirst()
        .orElse(NONE);
  }

  private String token() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The headers of an answer in this coding. */
  Map<String, String> headers() {
    return this == NONE ? Map.of() : Map.of("Content-Encoding", token());
  }
}
