package dev.longshore.app.faults;

import dev.longshore.ipfs.node.IpfsNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

/** What one process has open at nodes: it is closed when the process is killed. */
final class Connections {
  private final List<AutoCloseable> open = new ArrayList<>();

  /** The node, as this process reaches it. */
  IpfsNode to(IpfsNode node) {
    return (IpfsNode)
        Proxy.newProxyInstance(
            IpfsNode.class.getClassLoader(),
            new Class<?>[] {IpfsNode.class},
            (_, method, arguments) -> {
              try {
                Object answer = method.invoke(node, arguments);
                if (answer instanceof AutoCloseable connection) {
                  open.add(connection);
                }
                return answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  void closeAll() {
    for (AutoCloseable connection : open) {
      try {
        connection.close();
      } catch (Exception e) {
        throw new AssertionError("a double in memory does not close", e);
      }
    }
    open.clear();
  }
}
