package io.culvert.runtime.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;

/** Over TLS. */
class TlsTest extends SocketContract {
  private static final char[] SECRET = "toy-secret".toCharArray();

  @Override
  Vertx newVertx() {
    return Vertx.vertx();
  }

  @Override
  Future<EngineServer> listen(int maxConnections) {
    return EngineServer.listenTcp(shard, options(), maxConnections, app);
  }

  @Override
  ToyClient client(int port, int receiveBytes) throws IOException {
    return newClient(port, receiveBytes);
  }

  static NetServerOptions options() {
    return new NetServerOptions()
        .setHost("127.0.0.1")
        .setPort(0)
        .setSsl(true)
        .setKeyCertOptions(
            new PfxOptions().setValue(Buffer.buffer(keyStore())).setPassword("toy-secret"));
  }

  static ToyClient newClient(int port, int receiveBytes) throws IOException {
    Socket plain = new Socket();
    if (receiveBytes > 0) {
      plain.setReceiveBufferSize(receiveBytes);
    }
    plain.connect(new InetSocketAddress("127.0.0.1", port), 20_000);
    SSLSocket socket =
        (SSLSocket) trusting().getSocketFactory().createSocket(plain, "localhost", port, true);
    socket.startHandshake();
    return new ToyClient(socket);
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

  static byte[] keyStore() {
    try (InputStream in = TlsTest.class.getResourceAsStream("toy.p12")) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static SSLContext trusting() throws IOException {
    try (InputStream in = TlsTest.class.getResourceAsStream("toy.p12")) {
      KeyStore own = KeyStore.getInstance("PKCS12");
      own.load(in, SECRET);
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("toy", own.getCertificate("toy"));
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
