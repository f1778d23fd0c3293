package io.culvert.runtime.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** Over TLS on own channels. */
class TlsFrontTest extends SocketContract {
  private static final long TIMEOUT_MILLIS = 1_000;
  private static final long NEVER_MILLIS = 3_600_000;

  @Override
  Vertx newVertx() {
    return Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  }

  @Override
  Future<EngineServer> listen(int maxConnections) {
    return listen(maxConnections, TIMEOUT_MILLIS);
  }

  private Future<EngineServer> listen(int maxConnections, long timeoutMillis) {
    return EngineServer.listenTcp(
        List.of(new ServingShard<>(shard, app)),
        TcpOptions.of("127.0.0.1", 0).withMaxConnections(maxConnections),
        new TcpFront(List.of(), tls(), timeoutMillis));
  }

  static ServerSSLOptions tls() {
    return TlsTest.options().getSslOptions();
  }

  @Override
  ToyClient client(int port, int receiveBytes) throws IOException {
    return TlsTest.newClient(port, receiveBytes);
  }

  @Test
  void peerShowsItsSession() throws Exception {
    try (ToyClient client = client()) {
      client.ask("x");
      Peer peer = ToyApp.next(app.opened).peer;
      assertThat(peer.transport()).isEqualTo("tls");
      assertThat(peer.tlsSession().getProtocol())
          .isEqualTo(((SSLSocket) client.socket).getSession().getProtocol());
    }
  }

  @Test
  void whoSpeaksNoTlsIsClosed() throws Exception {
    for (String bytes : List.of("GET / HTTP/1.1\r\n\r\n", "\26\3\1\0\5hello", "\26\3\1\377\377")) {
      try (Socket plain = new Socket("127.0.0.1", server.port())) {
        plain.setSoTimeout(20_000);
        plain.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        assertThat(plain.getInputStream().readAllBytes().length).isLessThan(100); // an alert
      }
    }
    eventually(() -> server.counters().unopened() == 3);
    assertThat(server.counters().failures()).isZero();
    try (ToyClient client = client()) {
      assertThat(client.ask("x")).isEqualTo("x");
    }
  }

  @Test
  void whoSaysNothingIsClosedInTime() throws Exception {
    try (Socket silent = new Socket("127.0.0.1", server.port())) {
      silent.setSoTimeout(20_000);
      assertThat(silent.getInputStream().read()).isEqualTo(-1);
    }
    eventually(() -> server.counters().unopened() == 1);
  }

  @Test
  void handshakesCountForTheLimitOfConnections() throws Exception {
    EngineServer one = await(onShardFuture(() -> listen(1, NEVER_MILLIS)));
    try (Socket silent = new Socket("127.0.0.1", one.port());
        Socket second = new Socket("127.0.0.1", one.port())) {
      second.setSoTimeout(20_000);
      assertThat(second.getInputStream().read()).isEqualTo(-1);
      assertThat(one.counters().refused()).isEqualTo(1);
      assertThat(one.counters().unopened()).isZero();
    }
    eventually(() -> one.counters().unopened() == 1);
    try (ToyClient client = client(one.port(), 0)) {
      assertThat(client.ask("x")).isEqualTo("x");
    }
  }

  @Test
  void unfinishedHandshakesEndWithTheListener() throws Exception {
    EngineServer slow = await(onShardFuture(() -> listen(Integer.MAX_VALUE, NEVER_MILLIS)));
    try (Socket silent = new Socket("127.0.0.1", slow.port())) {
      silent.setSoTimeout(20_000);
      silent.getOutputStream().write(22);
      onShard(() -> 0);
      await(slow.close());
      assertThat(ProxyHeaderTest.atEnd(silent)).isTrue();
    }
  }

  @Test
  void certificateThatCannotBeReadChangesNothing() throws Exception {
    ServerSSLOptions bad =
        new ServerSSLOptions()
            .setKeyCertOptions(new PemKeyCertOptions().addCertPath("no").addKeyPath("no"));
    assertThatThrownBy(() -> await(server.reload(bad))).isNotNull();
    try (ToyClient client = client()) {
      assertThat(client.ask("x")).isEqualTo("x");
      await(server.reload(tls()));
      assertThat(client.ask("y")).isEqualTo("y");
    }
    try (ToyClient client = client()) {
      assertThat(client.ask("z")).isEqualTo("z");
    }
  }
}
