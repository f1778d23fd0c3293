package io.culvert.runtime.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A header of the PROXY protocol before everything else. */
class ProxyHeaderTest {
  private static final String V1 = "PROXY TCP4 192.0.2.7 192.0.2.1 4711 1883\r\n";
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
  private static final String ADDRESSES = "c0000207c00002011267075b";
  private static final String V2 = SIGNATURE + "2111000c" + ADDRESSES;
  private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.7", 4711);
  private static final InetSocketAddress SERVER = new InetSocketAddress("192.0.2.1", 1883);

  private final ToyApp app = new ToyApp();
  private Vertx vertx;
  private List<Shard> shards;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    shards = Shards.of(vertx.getOrCreateContext(), 2);
  }

  @AfterEach
  void stop() throws Exception {
    SocketContract.await(vertx.close());
  }

  @Test
  void firstVersionTellsBothAddresses() throws Exception {
    assertTold(ascii(V1), CLIENT, SERVER);
    assertTold(
        ascii("PROXY TCP6 2001:db8::7 2001:db8::1 4711 1883\r\n"),
        new InetSocketAddress("2001:db8::7", 4711),
        new InetSocketAddress("2001:db8::1", 1883));
  }

  @Test
  void secondVersionTellsBothAddresses() throws Exception {
    assertTold(hex(V2), CLIENT, SERVER);
    assertTold(hex(SIGNATURE + "21110013" + ADDRESSES + "04000411223344"), CLIENT, SERVER);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "50524f585920554e4b4e4f574e0d0a", // PROXY UNKNOWN
        SIGNATURE + "20000000", // LOCAL
        SIGNATURE + "2011000c" + ADDRESSES, // LOCAL, whose addresses do not count
        SIGNATURE + "21000000" // of no family
      })
  void whereItDoesNotSayTheSocketsAddressesStay(String header) throws Exception {
    assertTold(hex(header), null, null);
  }

  @Test
  void headerMayComeInAnyPieces() throws Exception {
    EngineServer server = listen("127.0.0.1", 20_000, null);
    for (byte[] header : List.of(ascii(V1), hex(V2))) {
      try (ToyClient client = new ToyClient(new Socket(), server.port(), 0)) {
        for (byte one : header) {
          client.out.write(one);
          client.out.flush();
        }
        assertThat(client.ask("x")).isEqualTo("x");
        assertThat(ToyApp.next(app.opened).peer.remote()).isEqualTo(CLIENT);
      }
    }
  }

  @Test
  void bytesBehindItAreTheEngines() throws Exception {
    EngineServer server = listen("127.0.0.1", 20_000, null);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(hex(V2));
    all.write(ToyEngine.frame(ascii("one")));
    all.write(ToyEngine.frame(ascii("two")));
    try (ToyClient client = new ToyClient(new Socket(), server.port(), 0)) {
      client.out.write(all.toByteArray());
      assertThat(client.receiveText()).isEqualTo("one");
      assertThat(client.receiveText()).isEqualTo("two");
    }
  }

  @Test
  void tlsComesBehindIt() throws Exception {
    EngineServer server = listen("127.0.0.1", 20_000, TlsFrontTest.tls());
    Socket plain = new Socket("127.0.0.1", server.port());
    plain.getOutputStream().write(ascii(V1));
    SSLSocket socket =
        (SSLSocket)
            TlsTest.trusting()
                .getSocketFactory()
                .createSocket(plain, "localhost", server.port(), true);
    try (ToyClient client = new ToyClient(socket)) {
      assertThat(client.ask("x")).isEqualTo("x");
      Peer peer = ToyApp.next(app.opened).peer;
      assertThat(peer.remote()).isEqualTo(CLIENT);
      assertThat(peer.transport()).isEqualTo("tls");
      assertThat(peer.tlsSession()).isNotNull();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00056865", // what the engine would take
        "1610", // MQTT
        "50524f585920544350342031", // cut: "PROXY TCP4 1" and then the end
        "50524f5859202020202020202020202020202020202020202020202020202020202020202020202020202020"
            + "20202020202020202020202020202020202020202020202020202020202020202020202020202020"
            + "20202020202020202020202020202020202020202020202020202020202020202020202020202020",
        "50524f585920544350342031203220332034350d0a", // numbers that are no addresses
        "50524f58592054435034203139322e302e322e37203139322e302e322e312039393939392031383833200d0a",
        SIGNATURE + "1111000c" + ADDRESSES, // version 1 in the form of 2
        SIGNATURE + "2211000c" + ADDRESSES, // no such command
        SIGNATURE + "21110004" + "c0000207", // too short for its family
        SIGNATURE + "2121000c" + ADDRESSES, // of another family
        SIGNATURE + "2111ffff" + ADDRESSES, // 64 KiB announced
        SIGNATURE + "21110013" + ADDRESSES + "04ffff11223344" // longer than what holds it
      })
  void whatIsNoHeaderIsClosed(String header) throws Exception {
    EngineServer server = listen("127.0.0.1", 1_000, null);
    try (Socket client = new Socket("127.0.0.1", server.port())) {
      client.setSoTimeout(20_000);
      client.getOutputStream().write(hex(header));
      client.shutdownOutput();
      assertThat(atEnd(client)).isTrue();
    }
    SocketContract.eventually(() -> server.counters().unopened() == 1);
    assertThat(app.opened).isEmpty();
    assertThat(server.counters().failures()).isZero();
    try (ToyClient client = new ToyClient(new Socket(), server.port(), 0)) {
      client.out.write(hex(V2));
      assertThat(client.ask("x")).isEqualTo("x");
    }
  }

  @Test
  void endlessHeaderIsClosedBeforeItHasEnded() throws Exception {
    EngineServer server = listen("127.0.0.1", 3_600_000, null);
    for (String begin : List.of("50524f585920", SIGNATURE + "2111ffff" + ADDRESSES)) {
      try (Socket client = new Socket("127.0.0.1", server.port())) {
        client.setSoTimeout(20_000);
        client.getOutputStream().write(hex(begin));
        assertThat(isClosedWhileItSends(client)).isTrue();
      }
    }
  }

  @Test
  void lateHeaderIsClosed() throws Exception {
    EngineServer server = listen("127.0.0.1", 300, null);
    try (Socket client = new Socket("127.0.0.1", server.port())) {
      client.setSoTimeout(20_000);
      client.getOutputStream().write(ascii("PROXY "));
      assertThat(atEnd(client)).isTrue();
    }
    SocketContract.eventually(() -> server.counters().unopened() == 1);
  }

  @Test
  void whoIsNotTrustedIsClosedAtOnce() throws Exception {
    EngineServer server = listen("192.0.2.0/24", 3_600_000, null);
    for (int i = 1; i <= 3; i++) {
      try (Socket client = new Socket("127.0.0.1", server.port())) {
        client.setSoTimeout(20_000);
        assertThat(atEnd(client)).isTrue();
      }
    }
    SocketContract.eventually(() -> server.counters().refused() == 3);
    assertThat(app.opened).isEmpty();
  }

  private void assertTold(
      byte[] header, @Nullable InetSocketAddress remote, @Nullable InetSocketAddress local)
      throws Exception {
    EngineServer server = listen("127.0.0.1", 20_000, null);
    try (ToyClient client = new ToyClient(new Socket(), server.port(), 0)) {
      client.out.write(header);
      assertThat(client.ask("x")).isEqualTo("x");
      Peer peer = ToyApp.next(app.opened).peer;
      assertThat(peer.remote())
          .isEqualTo(remote == null ? client.socket.getLocalSocketAddress() : remote);
      assertThat(peer.local())
          .isEqualTo(local == null ? client.socket.getRemoteSocketAddress() : local);
    }
  }

  private EngineServer listen(String from, long timeoutMillis, @Nullable ServerSSLOptions tls)
      throws Exception {
    return SocketContract.await(
        EngineServer.listenTcp(
            shards.stream().map(shard -> new ServingShard<>(shard, app)).toList(),
            TcpOptions.of("127.0.0.1", 0),
            new TcpFront(List.of(AddressRange.parse(from)), tls, timeoutMillis)));
  }

  private static boolean isClosedWhileItSends(Socket client) {
    try {
      for (int i = 0; i < 10_000_000; i++) {
        client.getOutputStream().write(' ');
      }
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  static boolean atEnd(Socket client) throws IOException {
    try {
      return client.getInputStream().read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
