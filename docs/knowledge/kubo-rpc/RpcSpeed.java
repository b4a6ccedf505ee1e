import dev.longshore.ipfs.*;
import dev.longshore.ipfs.kubo.*;
import dev.longshore.model.Cid;
import java.io.*;
import java.net.*;
import java.time.Duration;
import java.util.*;

/** Rates and CPU time of Kubo's client against a server that only takes or gives bytes. */
final class RpcSpeed {
  static final Cid CID = Cid.parse("bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am");

  static ServerSocket server(HttpClientFindings.Script s) throws IOException {
    return HttpClientFindings.server(s);
  }

  static KuboClient client(ServerSocket s) {
    URI u = URI.create("http://127.0.0.1:" + s.getLocalPort());
    return new KuboClient(new KuboAddress("k", u, u, new RpcCredential.None()));
  }

  static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(60));
  }

  static CarBody body(int n, int size) {
    byte[] b = new byte[size];
    return sink -> {
      for (int i = 0; i < n; i++) sink.put(CID, b, 0, size);
    };
  }

  public static void main(String[] a) throws Exception {
    switch (a[0]) {
      case "early" -> {
        Map<String, Integer> seen = new TreeMap<>();
        for (int i = 0; i < 50; i++)
          try (ServerSocket s =
              server(
                  (in, out) -> {
                    HttpClientFindings.head(in);
                    out.write("HTTP/1.1 403 X\r\nContent-Length: 2\r\n\r\nno".getBytes());
                    out.flush();
                    in.readNBytes(300_000);
                  })) {
            try {
              client(s).importCar(body(2000, 200_000), soon());
            } catch (KuboException e) {
              seen.merge(e.fault().toString(), 1, Integer::sum);
            }
          }
        System.out.println(seen);
      }
      case "import" -> {
        int n = Integer.parseInt(a[1]), size = Integer.parseInt(a[2]);
        try (ServerSocket s =
            server(
                (in, out) -> {
                  byte[] b = new byte[262144];
                  byte[] end = "\r\n0\r\n\r\n".getBytes();
                  int c;
                  while ((c = in.read(b)) > 0) {
                    if (c >= 5 && Arrays.equals(b, c - 5, c, "0\r\n\r\n".getBytes(), 0, 5)) break;
                  }
                  String j =
                      "{\"Stats\":{\"BlockCount\":"
                          + n
                          + ",\"BlockBytesCount\":"
                          + (long) n * size
                          + "}}\n";
                  out.write(
                      ("HTTP/1.1 200 OK\r\nContent-Length: " + j.length() + "\r\n\r\n" + j)
                          .getBytes());
                })) {
          for (int i = 0; i < 4; i++) {
            long t = System.nanoTime();
            client(s).importCar(body(n, size), soon());
            double ms = (System.nanoTime() - t) / 1e6;
            if (i > 0) System.out.printf("%.0f ", (double) n * size / 1e3 / ms);
          }
          System.out.println("MB/s");
        }
      }
      case "cat" -> {
        long total = 1L << 30;
        try (ServerSocket s =
            server(
                (in, out) -> {
                  HttpClientFindings.head(in);
                  out.write(
                      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Content-Length: "
                              + total
                              + "\r\n\r\n")
                          .getBytes());
                  int c = Integer.parseInt(a[1]);
                  byte[] chunk = new byte[c + 16];
                  byte[] h = (Integer.toHexString(c) + "\r\n").getBytes();
                  System.arraycopy(h, 0, chunk, 0, h.length);
                  chunk[h.length + c] = '\r';
                  chunk[h.length + c + 1] = '\n';
                  int len = h.length + c + 2;
                  ByteArrayOutputStream many = new ByteArrayOutputStream();
                  int k = Math.max(1, 262144 / c);
                  for (int i = 0; i < k; i++) many.write(chunk, 0, len);
                  byte[] m = many.toByteArray();
                  for (long i = 0; i < total / c; i += k) out.write(m);
                  out.write("0\r\n\r\n".getBytes());
                })) {
          byte[] buf = new byte[262144];
          for (int i = 0; i < 4; i++) {
            long t = System.nanoTime();
            long sum = 0;
            try (Content x = client(s).open(CID, "", ByteRange.ALL, Reach.NETWORK, soon())) {
              int r;
              while ((r = x.stream().read(buf)) > 0) sum += r;
            }
            double ms = (System.nanoTime() - t) / 1e6;
            if (i > 0) System.out.printf("%.0f ", sum / 1e3 / ms);
          }
          System.out.println("MB/s");
        }
      }
      case "calls" -> {
        try (ServerSocket s =
            server(
                (in, out) -> {
                  HttpClientFindings.head(in);
                  String j = "{\"ID\":\"12D3KooWtls\",\"Addresses\":[],\"AgentVersion\":\"x\"}";
                  out.write(
                      ("HTTP/1.1 200 OK\r\nContent-Length: " + j.length() + "\r\n\r\n" + j)
                          .getBytes());
                })) {
          for (int i = 0; i < 4; i++) {
            long t = System.nanoTime();
            for (int k = 0; k < 2000; k++) client(s).id(soon());
            if (i > 0) System.out.printf("%.0f ", (System.nanoTime() - t) / 1e3 / 2000);
          }
          System.out.println("us a call");
        }
      }
    }
  }
}
