package dev.longshore.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Connections that the Java runtime's authorities vouch for. Those are read when one is made: they
 * take 2 MB of memory, which whoever asks nodes by {@code http} alone need not have.
 */
final class LateSockets extends SSLSocketFactory {
  private static SSLSocketFactory sockets() {
    return (SSLSocketFactory) getDefault();
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return sockets().getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return sockets().getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket() throws IOException {
    return sockets().createSocket();
  }

  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
      throws IOException {
    return sockets().createSocket(socket, host, port, autoClose);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return sockets().createSocket(host, port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return sockets().createSocket(host, port, localHost, localPort);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return sockets().createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress local, int localPort)
      throws IOException {
    return sockets().createSocket(address, port, local, localPort);
  }
}
