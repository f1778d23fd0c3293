package io.culvert.tcp;

import io.culvert.tcp.wire.AuthPlugin;
import io.culvert.tcp.wire.Dialect;
import io.culvert.tcp.wire.FrameLimits;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageCodec;
import io.vertx.core.net.ServerSSLOptions;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a {@link TcpServer} is made with; each setter returns this. Not changed after that. */
public final class TcpServerOptions {
  private Dialect dialect = Dialect.DEFAULT;
  private @Nullable MessageCodec codec;
  private @Nullable AuthPlugin auth;
  private @Nullable KeyExtractor keys;
  private @Nullable Function<String, Message> makeError;
  private @Nullable ServerSSLOptions tls;
  private FrameLimits limits = FrameLimits.DEFAULT;
  private int maximumConnections = 10_000;
  private int maximumConnectionsPerAddress = 1_000;
  private int connectsPerSecond = 0;
  private int maximumSubscriptionsPerPeer = 1_000;
  private int maximumRequestsPerPeer = 100;
  private long maximumReceivedBytes = 64L << 20;
  private int failuresPerConnection = 10;
  private int failuresPerAddress = 100;
  private long failureWindowMillis = 60_000;
  private Logger logger = LoggerFactory.getLogger("culvert.tcp.server");

  /** The defaults: default dialect, no authentication. */
  public TcpServerOptions() {}

  public TcpServerOptions dialect(Dialect spoken) {
    dialect = spoken;
    return this;
  }

  /** Replaces what the dialect says about header, authentication fields and body. */
  public TcpServerOptions codec(MessageCodec replaced) {
    codec = replaced;
    return this;
  }

  /** Checks what comes and signs what goes; see {@link SharedSecret}. */
  public TcpServerOptions auth(AuthPlugin plugin) {
    auth = plugin;
    return this;
  }

  /** Replaces by what handlers are found. */
  public TcpServerOptions keys(KeyExtractor extractor) {
    keys = extractor;
    return this;
  }

  /** Replaces how a text becomes an error reply. */
  public TcpServerOptions makeError(Function<String, Message> factory) {
    makeError = factory;
    return this;
  }

  /** Listens with TLS; with mutual TLS the peer's certificate is in {@link TcpPeer#tlsSession}. */
  public TcpServerOptions tls(ServerSSLOptions options) {
    tls = options;
    return this;
  }

  public TcpServerOptions limits(FrameLimits perPeer) {
    limits = perPeer;
    return this;
  }

  /** Connections beyond these are closed at once. */
  public TcpServerOptions maximumConnections(int all, int perAddress) {
    maximumConnections = all;
    maximumConnectionsPerAddress = perAddress;
    return this;
  }

  /** Connections beyond this wait in the system; 0 for any number. */
  public TcpServerOptions connectsPerSecond(int rate) {
    connectsPerSecond = rate;
    return this;
  }

  public TcpServerOptions maximumSubscriptionsPerPeer(int maximum) {
    maximumSubscriptionsPerPeer = maximum;
    return this;
  }

  /** Requests to one peer that wait for their answers; see {@link TcpPeer#request}. */
  public TcpServerOptions maximumRequestsPerPeer(int maximum) {
    maximumRequestsPerPeer = maximum;
    return this;
  }

  /**
   * Bytes that are kept of frames that are not complete, and of messages that wait for their turn,
   * for all connections together. Beyond it the connection ends that has completed none for the
   * longest time.
   */
  public TcpServerOptions maximumReceivedBytes(long maximum) {
    maximumReceivedBytes = maximum;
    return this;
  }

  /**
   * How many messages may be damaged or not authentic.
   *
   * @param perConnection then it is closed
   * @param perAddress then all its connections are, at their next failure, and no new one is let in
   * @param windowMillis in which those of an address are counted
   */
  public TcpServerOptions failures(int perConnection, int perAddress, long windowMillis) {
    failuresPerConnection = perConnection;
    failuresPerAddress = perAddress;
    failureWindowMillis = windowMillis;
    return this;
  }

  public TcpServerOptions logger(Logger replaced) {
    logger = replaced;
    return this;
  }

  Dialect dialect() {
    return dialect;
  }

  Framing framing() {
    return Framing.of(dialect, codec, auth);
  }

  KeyExtractor keys() {
    return keys == null ? KeyExtractor.of(dialect) : keys;
  }

  Function<String, Message> makeError() {
    return makeError == null ? dialect::error : makeError;
  }

  @Nullable ServerSSLOptions tls() {
    return tls;
  }

  FrameLimits limits() {
    return limits;
  }

  int maximumConnections() {
    return maximumConnections;
  }

  int maximumConnectionsPerAddress() {
    return maximumConnectionsPerAddress;
  }

  int connectsPerSecond() {
    return connectsPerSecond;
  }

  int maximumSubscriptionsPerPeer() {
    return maximumSubscriptionsPerPeer;
  }

  int maximumRequestsPerPeer() {
    return maximumRequestsPerPeer;
  }

  long maximumReceivedBytes() {
    return maximumReceivedBytes;
  }

  FailureBudget failureBudget() {
    return new FailureBudget(failuresPerConnection, failuresPerAddress, failureWindowMillis);
  }

  Logger logger() {
    return logger;
  }
}
