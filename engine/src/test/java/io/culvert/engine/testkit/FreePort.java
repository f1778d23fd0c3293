package io.culvert.engine.testkit;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * For what cannot be asked which port it has taken, or must come back at the same one. Everything
 * else listens at port 0.
 */
public final class FreePort {
  /** Below those that a system gives to whoever asks for any: nobody gets it before it is used. */
  private static final int FIRST = 15_000;

  private static final int BEHIND_LAST = 30_000;
  private static final int ATTEMPTS = 100;

  private FreePort() {}

  /** A port of the loopback address that was free a moment ago, and that no port 0 becomes. */
  public static int find() throws IOException {
    BindException last = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, BEHIND_LAST);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException taken) {
        last = taken;
      }
    }
    throw new IOException("no port is free", last);
  }
}
