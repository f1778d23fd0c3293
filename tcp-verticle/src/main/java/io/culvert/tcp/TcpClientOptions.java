package io.culvert.tcp;

import io.culvert.tcp.wire.AuthPlugin;
import io.culvert.tcp.wire.Dialect;
import io.culvert.tcp.wire.FrameLimits;
import io.culvert.tcp.wire.MessageCodec;
import io.vertx.core.net.NetClientOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a {@link TcpClient} is made with; each setter returns this. Not changed after that. */
public final class TcpClientOptions {
  private Dialect dialect = Dialect.DEFAULT;
  private @Nullable MessageCodec codec;
  private @Nullable AuthPlugin auth;
  private @Nullable KeyExtractor keys;
  private NetClientOptions net = new NetClientOptions();
  private FrameLimits limits = FrameLimits.DEFAULT;
  private int maximumRequests = 1_000;
  private int maximumUnread = 1_000;
  private long timeoutMillis = 10_000;
  private long reconnectMillis;
  private Logger logger = LoggerFactory.getLogger("culvert.tcp.client");

  /** The defaults: default dialect, no authentication, no reconnect. */
  public TcpClientOptions() {}

  public TcpClientOptions dialect(Dialect spoken) {
    dialect = spoken;
    return this;
  }

  /** Replaces what the dialect says about header, authentication fields and body. */
  public TcpClientOptions codec(MessageCodec replaced) {
    codec = replaced;
    return this;
  }

  /** Checks what comes and signs what goes; see {@link SharedSecret}. */
  public TcpClientOptions auth(AuthPlugin plugin) {
    auth = plugin;
    return this;
  }

  /** Replaces by what handlers are found. */
  public TcpClientOptions keys(KeyExtractor extractor) {
    keys = extractor;
    return this;
  }

  /** How it connects: TLS with the server's name, a certificate of its own, a connect timeout. */
  public TcpClientOptions net(NetClientOptions options) {
    net = options;
    return this;
  }

  public TcpClientOptions limits(FrameLimits perServer) {
    limits = perServer;
    return this;
  }

  /** Requests without an answer yet, for each server. */
  public TcpClientOptions maximumRequests(int maximum) {
    maximumRequests = maximum;
    return this;
  }

  /** Messages that nobody has received yet; when there are as many, no more are read. */
  public TcpClientOptions maximumUnread(int maximum) {
    maximumUnread = maximum;
    return this;
  }

  /** How long a request waits unless it says so itself. */
  public TcpClientOptions timeoutMillis(long millis) {
    timeoutMillis = millis;
    return this;
  }

  /**
   * Connects again to a server that is lost.
   *
   * @param firstMillis until the first attempt; twice as long until each next one, at most 30 s. 0
   *     for never
   */
  public TcpClientOptions reconnectMillis(long firstMillis) {
    reconnectMillis = firstMillis;
    return this;
  }

  public TcpClientOptions logger(Logger replaced) {
    logger = replaced;
    return this;
  }

  Framing framing() {
    return Framing.of(dialect, codec, auth);
  }

  KeyExtractor keys() {
    return keys == null ? KeyExtractor.of(dialect) : keys;
  }

  NetClientOptions net() {
    return net;
  }

  FrameLimits limits() {
    return limits;
  }

  int maximumRequests() {
    return maximumRequests;
  }

  int maximumUnread() {
    return maximumUnread;
  }

  long timeoutMillis() {
    return timeoutMillis;
  }

  long reconnectMillis() {
    return reconnectMillis;
  }

  Logger logger() {
    return logger;
  }
}
