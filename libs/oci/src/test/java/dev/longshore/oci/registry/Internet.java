package dev.longshore.oci.registry;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * All addresses there are, played by servers of this machine: a SOCKS proxy that every socket of
 * the process goes through while it is open, and a table of names. What is asked of the proxy is
 * what would have been connected to.
 */
final class Internet implements AutoCloseable {
  private static final int CONNECT = 1;
  private static final int IPV6 = 4;

  private static final List<String> PROPERTIES =
      List.of(
          "socksProxyHost",
          "socksProxyPort",
          "socksNonProxyHosts",
          "http.proxyHost",
          "http.proxyPort",
          "https.proxyHost",
          "https.proxyPort");

  /** Addresses that were connected to, in their order. */
  final List<String> called = new CopyOnWriteArrayList<>();

  /** Hosts that were looked up. */
  final List<String> lookedUp = new CopyOnWriteArrayList<>();

  private final Map<String, List<List<InetAddress>>> names = new ConcurrentHashMap<>();
  private final Map<String, Integer> ports = new ConcurrentHashMap<>();
  private final Set<String> dead = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ServerSocket socks;

  Internet() throws IOException {
    socks = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
    System.setProperty("socksProxyHost", "127.0.0.1");
    System.setProperty("socksProxyPort", String.valueOf(socks.getLocalPort()));
    // Loopback too: a call that must not be made is to be seen.
    System.setProperty("socksNonProxyHosts", "");
  }

  /** The name has these addresses, with a space between. */
  void name(String host, String addresses) {
    names.put(host, List.of(parsed(addresses)));
  }

  /** Each look-up finds what is next, the last one for ever. */
  void rebinding(String host, String... addresses) {
    names.put(host, List.of(addresses).stream().map(Internet::parsed).toList());
  }

  /** Whatever port of the address is called, this one of the machine answers. */
  void serve(String address, int port) {
    ports.put(parsed(address).getFirst().getHostAddress(), port);
  }

  /** Nobody answers there. */
  void kill(String address) {
    dead.add(address);
  }

  private static List<InetAddress> parsed(String addresses) {
    return List.of(addresses.split(" ")).stream().map(InetAddress::ofLiteral).toList();
  }

  /** Literal addresses are what they are. */
  NameLookup lookup() {
    return host -> {
      lookedUp.add(host);
      List<List<InetAddress>> found = names.get(host);
      if (found == null) {
        return NameLookup.real().addresses(host);
      }
      List<InetAddress> first = found.getFirst();
      if (found.size() > 1) {
        names.put(host, found.subList(1, found.size()));
      }
      return named(host, first);
    };
  }

  private static List<InetAddress> named(String host, List<InetAddress> addresses)
      throws UnknownHostException {
    InetAddress[] named = new InetAddress[addresses.size()];
    for (int i = 0; i < named.length; i++) {
      named[i] = InetAddress.getByAddress(host, addresses.get(i).getAddress());
    }
    return List.of(named);
  }

  private void accept() {
    try {
      while (true) {
        Socket client = socks.accept();
        threads.execute(() -> serve(client));
      }
    } catch (IOException e) {
      // Closed: the test is over.
      return;
    }
  }

  private void serve(Socket client) {
    try (client) {
      Optional<Socket> server = connect(client);
      if (server.isPresent()) {
        try (Socket other = server.get()) {
          threads.execute(() -> copy(client, other));
          copy(other, client);
        }
      }
    } catch (IOException e) {
      // One of the two has gone, which the other notices.
      return;
    }
  }

  private Optional<Socket> connect(Socket client) throws IOException {
    var in = new DataInputStream(client.getInputStream());
    int first = in.readUnsignedByte();
    return switch (first) {
      case 'C' -> tunnel(in, client);
      case 'G', 'H' -> forward((char) first, in);
      default -> socks(in, client);
    };
  }

  /** GET or HEAD of a whole http URL, of a client that has an HTTP proxy. */
  private Optional<Socket> forward(char first, DataInputStream in) throws IOException {
    String head = first + head(in);
    String url = head.substring(head.indexOf(' ') + 1, head.indexOf(" HTTP"));
    String rest = url.substring("http://".length());
    String authority = rest.substring(0, rest.indexOf('/'));
    called.add(authority);
    Socket server = server(Integer.parseInt(authority.substring(authority.lastIndexOf(':') + 1)));
    String passedOn = head.replace(url, rest.substring(authority.length()));
    server.getOutputStream().write(passedOn.getBytes(StandardCharsets.US_ASCII));
    return Optional.of(server);
  }

  private static String head(DataInputStream in) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
    }
    return head.toString();
  }

  /** CONNECT of a client that has an HTTP proxy. */
  private Optional<Socket> tunnel(DataInputStream in, Socket client) throws IOException {
    String head = head(in);
    String authority = head.substring(head.indexOf(" ") + 1, head.indexOf(" HTTP"));
    called.add(authority);
    Socket server = server(Integer.parseInt(authority.substring(authority.indexOf(':') + 1)));
    client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    return Optional.of(server);
  }

  /** RFC 1928 as far as a Java client speaks it. */
  private Optional<Socket> socks(DataInputStream in, Socket client) throws IOException {
    OutputStream out = client.getOutputStream();
    in.readNBytes(in.readUnsignedByte());
    out.write(new byte[] {5, 0});
    in.readUnsignedByte();
    if (in.readUnsignedByte() != CONNECT) {
      throw new IOException("no connection is asked for");
    }
    in.readUnsignedByte();
    byte[] address = in.readNBytes(in.readUnsignedByte() == IPV6 ? 16 : 4);
    String host = InetAddress.getByAddress(address).getHostAddress();
    int port = in.readUnsignedShort();
    called.add(host);
    byte[] answer = {5, 0, 0, 1, 0, 0, 0, 0, 0, 0};
    if (dead.contains(host)) {
      answer[1] = 5;
      out.write(answer);
      return Optional.empty();
    }
    Socket server = server(ports.getOrDefault(host, port));
    out.write(answer);
    return Optional.of(server);
  }

  private static Socket server(int port) throws IOException {
    var server = new Socket(Proxy.NO_PROXY);
    server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return server;
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // Gone.
      return;
    }
  }

  /** From now on it is what companies have: an HTTP proxy that looks names up itself. */
  void becomeHttpProxy() {
    PROPERTIES.forEach(System::clearProperty);
    for (String scheme : List.of("http", "https")) {
      System.setProperty(scheme + ".proxyHost", "127.0.0.1");
      System.setProperty(scheme + ".proxyPort", String.valueOf(socks.getLocalPort()));
    }
  }

  @Override
  public void close() throws IOException {
    PROPERTIES.forEach(System::clearProperty);
    socks.close();
    threads.shutdownNow();
  }
}
