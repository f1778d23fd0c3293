package io.culvert.engine.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * For what cannot be asked which port it has taken, or must come back at the same one. Everything
 * else listens at port 0.
 */
public final class FreePort {
  private FreePort() {}

  /** A port of the loopback address that was free a moment ago. */
  public static int find() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
