package io.culvert.runtime.bus;

/** The addresses of the event bus at which the TCP message service is reached. */
public final class TcpAddresses {
  /** Asks a peer. */
  public static final String REQUEST = "culvert.tcp.request";

  /** Publishes as a peer would: to subscribers here and there, and over bridges. */
  public static final String PUBLISH = "culvert.tcp.publish";

  /** Sends to the subscribers of a URI. */
  public static final String NOTIFY = "culvert.tcp.notify";

  /** Sends to everybody who is connected. */
  public static final String BROADCAST = "culvert.tcp.broadcast";

  /** Subscribes an address to what is published to a URI. */
  public static final String SUBSCRIBE = "culvert.tcp.subscribe";

  public static final String RENEW = "culvert.tcp.renew";
  public static final String UNSUBSCRIBE = "culvert.tcp.unsubscribe";

  /** Lists who is connected. */
  public static final String PEERS = "culvert.tcp.peers";

  /** Ends a connection. */
  public static final String DISCONNECT = "culvert.tcp.disconnect";

  /** What the service has done, and how much of each limit is used. */
  public static final String STATUS = "culvert.tcp.status";

  private TcpAddresses() {}

  /** Where one service answers what is said to {@link #RENEW} or {@link #UNSUBSCRIBE}. */
  public static String at(String service, String address) {
    return address + "." + service;
  }
}
