import java.io.*;
import java.net.*;
import java.time.Duration;
import java.util.*;
import java.util.concurrent.*;
import org.apache.hc.client5.http.classic.methods.*;
import org.apache.hc.client5.http.config.*;
import org.apache.hc.client5.http.impl.classic.*;
import org.apache.hc.client5.http.impl.io.*;
import org.apache.hc.core5.http.*;
import org.apache.hc.core5.http.impl.io.*;
import org.apache.hc.core5.http.io.entity.*;
import org.apache.hc.core5.util.*;

public class HttpClientFindings {
  interface Script {
    void serve(InputStream in, OutputStream out) throws Exception;
  }

  static ServerSocket server(Script s) throws IOException {
    ServerSocket ss = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                while (true) {
                  Socket c = ss.accept();
                  Thread.ofVirtual()
                      .start(
                          () -> {
                            try (c) {
                              s.serve(c.getInputStream(), c.getOutputStream());
                            } catch (Exception e) {
                            }
                          });
                }
              } catch (IOException e) {
              }
            });
    return ss;
  }

  static void head(InputStream in) throws IOException {
    int m = 0;
    byte[] e = "\r\n\r\n".getBytes();
    while (m < 4) {
      int b = in.read();
      if (b < 0) throw new EOFException();
      m = b == e[m] ? m + 1 : b == '\r' ? 1 : 0;
    }
  }

  static HttpPost post(ServerSocket s) {
    HttpPost p = new HttpPost("http://127.0.0.1:" + s.getLocalPort() + "/x");
    p.setConfig(RequestConfig.custom().setResponseTimeout(Timeout.ofSeconds(2)).build());
    return p;
  }

  static HttpEntity big(long bytes) {
    return new AbstractHttpEntity(ContentType.APPLICATION_OCTET_STREAM, null, true) {
      public void writeTo(OutputStream o) throws IOException {
        byte[] b = new byte[262144];
        for (long i = 0; i < bytes; i += b.length) o.write(b);
      }

      public boolean isRepeatable() {
        return false;
      }

      public long getContentLength() {
        return -1;
      }

      public InputStream getContent() {
        return null;
      }

      public boolean isStreaming() {
        return true;
      }

      public void close() {}
    };
  }

  public static void main(String[] a) throws Exception {
    CloseableHttpClient plain = HttpClients.custom().disableAutomaticRetries().build();
    try (ServerSocket s =
        server(
            (in, out) -> {
              head(in);
              out.write(
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Stream-Error\r\n\r\n4\r\nhalf\r\n0\r\nX-Stream-Error: boom\r\n\r\n"
                      .getBytes());
            })) {
      var r = plain.executeOpen(null, post(s), null);
      InputStream c = r.getEntity().getContent();
      System.out.println(
          "trailers: body="
              + new String(c.readAllBytes())
              + " content="
              + c.getClass().getSimpleName()
              + " getTrailers="
              + r.getEntity().getTrailers()
              + " of it="
              + r.getEntity().getTrailers().get()
              + " names="
              + r.getEntity().getTrailerNames());
    }
    try (ServerSocket s =
        server(
            (in, out) -> {
              head(in);
              out.write(
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n"
                      .getBytes());
            })) {
      var r = plain.executeOpen(null, post(s), null);
      String x;
      try {
        x = new String(r.getEntity().getContent().readAllBytes());
      } catch (IOException e) {
        x = e.toString();
      }
      System.out.println("cut off where trailers stand: " + x);
    }
    for (String how : List.of("default", "8k", "256k", "1024k")) {
      var fac =
          ManagedHttpClientConnectionFactory.builder()
              .responseOutOfOrderStrategy(
                  how.equals("default")
                      ? null
                      : new MonitoringResponseOutOfOrderStrategy(
                          1024L * Long.parseLong(how.replace("k", ""))))
              .build();
      var client =
          HttpClients.custom()
              .disableAutomaticRetries()
              .setConnectionManager(
                  PoolingHttpClientConnectionManagerBuilder.create()
                      .setConnectionFactory(fac)
                      .build())
              .build();
      Map<String, Integer> seen = new TreeMap<>();
      for (int i = 0; i < 50; i++)
        try (ServerSocket s =
            server(
                (in, out) -> {
                  head(in);
                  out.write("HTTP/1.1 403 X\r\nContent-Length: 2\r\n\r\nno".getBytes());
                  out.flush();
                  in.readNBytes(300_000);
                })) {
          HttpPost p = post(s);
          p.setEntity(big(400L << 20));
          String k;
          try (var r = client.executeOpen(null, p, null)) {
            k = "" + r.getCode();
          } catch (IOException e) {
            k = e.getClass().getSimpleName();
          }
          seen.merge(k, 1, Integer::sum);
        }
      System.out.println("early answer, " + how + ": " + seen);
      for (int i = 0; i < 2; i++)
        try (ServerSocket s =
            server(
                (in, out) -> {
                  byte[] b = new byte[262144];
                  byte[] end = "0\r\n\r\n".getBytes();
                  byte[] t = new byte[5];
                  int n;
                  while ((n = in.read(b)) > 0) {
                    if (n >= 5 && Arrays.equals(b, n - 5, n, end, 0, 5)) break;
                  }
                  out.write(
                      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                          .getBytes());
                })) {
          HttpPost p = post(s);
          p.setEntity(big(256L << 20));
          long t = System.nanoTime();
          try (var r = client.executeOpen(null, p, null)) {
            System.out.printf(
                "upload of 256 MiB, %s: %d ms%n", how, (System.nanoTime() - t) / 1_000_000);
          } catch (IOException e) {
            System.out.println(how + " upload " + e);
          }
        }
    }
    for (boolean virtual : new boolean[] {false, true})
      try (ServerSocket s =
          server(
              (in, out) -> {
                head(in);
                in.read();
              })) {
        HttpPost p = post(s);
        p.setConfig(RequestConfig.custom().setResponseTimeout(Timeout.ofSeconds(3)).build());
        FutureTask<String> f =
            new FutureTask<>(
                () -> {
                  long t = System.nanoTime();
                  try (var r = plain.executeOpen(null, p, null)) {
                    return "" + r.getCode();
                  } catch (IOException e) {
                    return e + " after " + (System.nanoTime() - t) / 1_000_000 + " ms";
                  }
                });
        Thread th = virtual ? Thread.ofVirtual().start(f) : Thread.ofPlatform().start(f);
        Thread.currentThread().join(Duration.ofMillis(500));
        th.interrupt();
        System.out.println("interrupt after 500 ms, virtual=" + virtual + ": " + f.get());
      }
    try (ServerSocket s =
        server(
            (in, out) -> {
              head(in);
              out.write("HTTP/1.1 200 OK\r\n".getBytes());
              for (int i = 0; i < 8; i++) {
                out.write(("X-A: " + i + "\r\n").getBytes());
                out.flush();
                Thread.currentThread().join(Duration.ofMillis(1000));
              }
              out.write("Content-Length: 0\r\n\r\n".getBytes());
            })) {
      long t = System.nanoTime();
      String k;
      try (var r = plain.executeOpen(null, post(s), null)) {
        k = "" + r.getCode();
      } catch (IOException e) {
        k = e.toString();
      }
      System.out.println(
          "head that trickles, response timeout 2 s: "
              + k
              + " after "
              + (System.nanoTime() - t) / 1_000_000
              + " ms");
    }
    try (ServerSocket s =
        server(
            (in, out) -> {
              head(in);
              out.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".getBytes());
            })) {
      for (int i = 0; i < 2; i++) {
        String k;
        try (var r = plain.executeOpen(null, post(s), null)) {
          k = r.getCode() + EntityUtils.toString(r.getEntity());
        } catch (IOException e) {
          k = e.toString();
        }
        System.out.println("pooled, server hung up after its answer, call " + i + ": " + k);
      }
    }
  }
}
