package io.culvert.runtime.driver;

/**
 * Where and how a plain TCP listener listens.
 *
 * @param host name or address to bind
 * @param port 0 to 65535; 0 takes any free port
 * @param backlog connections that the kernel keeps until they are accepted
 * @param reusePort whether several listeners (one per shard) share the port; the kernel spreads
 *     connections among them
 * @param maxConnections connections beyond this are closed at once
 * @param connectsPerSecond connections beyond this wait in the backlog; 0 for any number
 * @param unsentBytes how much the kernel takes of a connection before it has sent it, with Linux's
 *     own transport; 0 leaves it to the system
 */
public record TcpOptions(
    String host,
    int port,
    int backlog,
    boolean reusePort,
    int maxConnections,
    int connectsPerSecond,
    int unsentBytes) {
  /** Room for a storm of reconnecting clients. */
  public static final int DEFAULT_BACKLOG = 4096;

  public TcpOptions {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port);
    }
    if (backlog < 1 || maxConnections < 1 || connectsPerSecond < 0 || unsentBytes < 0) {
      throw new IllegalArgumentException(
          "backlog and maxConnections must be positive, connectsPerSecond and unsentBytes not"
              + " negative");
    }
  }

  public static TcpOptions of(String host, int port) {
    return new TcpOptions(host, port, DEFAULT_BACKLOG, false, Integer.MAX_VALUE, 0, 0);
  }

  public TcpOptions withReusePort(boolean shared) {
    return new TcpOptions(
        host, port, backlog, shared, maxConnections, connectsPerSecond, unsentBytes);
  }

  public TcpOptions withMaxConnections(int limit) {
    return new TcpOptions(host, port, backlog, reusePort, limit, connectsPerSecond, unsentBytes);
  }

  public TcpOptions withConnectsPerSecond(int rate) {
    return new TcpOptions(host, port, backlog, reusePort, maxConnections, rate, unsentBytes);
  }

  public TcpOptions withUnsentBytes(int limit) {
    return new TcpOptions(host, port, backlog, reusePort, maxConnections, connectsPerSecond, limit);
  }
}
