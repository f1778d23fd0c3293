package io.culvert.runtime.driver;

import io.culvert.runtime.files.KeyPairs;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.Vertx;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.TrustOptions;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * What a server shows in a handshake. Its certificates are read; it is used by all event loops and
 * replaced as a whole. A connection keeps the one that it began with.
 */
final class ServerTls {
  /** A ClientHello is some hundred bytes; one with many key shares some thousand. */
  private static final int LARGEST_HELLO_BYTES = 32 * 1024;

  private final ClientAuth clientAuth;
  private final @Nullable TrustManagerFactory trust;
  private final SslContext first;
  private final @Nullable Function<String, KeyManagerFactory> named;
  private final Map<KeyManagerFactory, SslContext> contexts = new ConcurrentHashMap<>();

  private ServerTls(
      ClientAuth clientAuth,
      @Nullable TrustManagerFactory trust,
      KeyManagerFactory first,
      @Nullable Function<String, KeyManagerFactory> named)
      throws SSLException {
    this.clientAuth = clientAuth;
    this.trust = trust;
    this.first = context(first);
    this.named = named;
  }

  /**
   * Reads certificates and keys, so it blocks.
   *
   * @throws Exception what is wrong with one of them
   */
  static ServerTls load(Vertx vertx, ServerSSLOptions options) throws Exception {
    KeyCertOptions keys = options.getKeyCertOptions().copy(); // which keeps what it has read
    TrustOptions trust = options.getTrustOptions();
    KeyPairs.check(keys.getKeyManagerFactory(vertx));
    return new ServerTls(
        switch (options.getClientAuth()) {
          case REQUIRED -> ClientAuth.REQUIRE;
          case REQUEST -> ClientAuth.OPTIONAL;
          case NONE -> ClientAuth.NONE;
        },
        trust == null ? null : trust.copy().getTrustManagerFactory(vertx),
        firstOf(keys).getKeyManagerFactory(vertx),
        options.isSni() ? keys.keyManagerFactoryMapper(vertx) : null);
  }

  /** For whoever asks for no name: else any of them might be taken. */
  private static KeyCertOptions firstOf(KeyCertOptions keys) {
    return keys instanceof PemKeyCertOptions files && files.getCertPaths().size() > 1
        ? new PemKeyCertOptions()
            .addCertPath(files.getCertPaths().get(0))
            .addKeyPath(files.getKeyPaths().get(0))
        : keys;
  }

  /** The first handler of a connection. */
  ChannelHandler handler(ByteBufAllocator allocator, long timeoutMillis) {
    return named == null
        ? timed(first.newHandler(allocator), timeoutMillis)
        : new ByName(this, timeoutMillis);
  }

  /** That of the certificate for a name, or the first one. */
  private SslContext named(@Nullable String name) {
    KeyManagerFactory keys = name == null || named == null ? null : named.apply(name);
    return keys == null ? first : contexts.computeIfAbsent(keys, this::checkedContext);
  }

  private SslContext checkedContext(KeyManagerFactory keys) {
    try {
      return context(keys);
    } catch (SSLException e) {
      throw new UncheckedIOException(e);
    }
  }

  private SslContext context(KeyManagerFactory keys) throws SSLException {
    return SslContextBuilder.forServer(keys).trustManager(trust).clientAuth(clientAuth).build();
  }

  private static SslHandler timed(SslHandler handler, long timeoutMillis) {
    handler.setHandshakeTimeoutMillis(timeoutMillis);
    return handler;
  }

  /** Looks at the name that a client asks for. */
  private static final class ByName extends SniHandler {
    private final long timeoutMillis;

    ByName(ServerTls tls, long timeoutMillis) {
      super(tls::named, LARGEST_HELLO_BYTES, timeoutMillis);
      this.timeoutMillis = timeoutMillis;
    }

    @Override
    protected SslHandler newSslHandler(SslContext context, ByteBufAllocator allocator) {
      return timed(super.newSslHandler(context, allocator), timeoutMillis);
    }
  }
}
