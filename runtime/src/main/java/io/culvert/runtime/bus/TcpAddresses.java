package io.culvert.runtime.bus;

/** The addresses of the event bus at which the TCP message service is reached. */
public final class TcpAddresses {
  /** Sends to the subscribers of a URI. */
  public static final String NOTIFY = "culvert.tcp.notify";

  /** Sends to everybody who is connected. */
  public static final String BROADCAST = "culvert.tcp.broadcast";

  /** Lists who is connected. */
  public static final String PEERS = "culvert.tcp.peers";

  /** Ends a connection. */
  public static final String DISCONNECT = "culvert.tcp.disconnect";

  private TcpAddresses() {}
}
