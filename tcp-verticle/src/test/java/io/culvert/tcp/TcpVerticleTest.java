package io.culvert.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.runtime.bus.TcpAddresses;
import io.culvert.runtime.bus.TcpFailure;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageType;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClientOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service as it is deployed. */
class TcpVerticleTest {
  private final Vertx vertx = Vertx.vertx();

  @TempDir Path folder;

  @AfterEach
  void close() {
    Sync.await(vertx.close());
  }

  @Test
  void peersPublishSubscribeAndAreReachedOverTheEventBus() throws Exception {
    URI uri = deploy(config());
    assertThat(uri.getScheme()).isEqualTo("tcp");
    TcpClient client = client(new NetClientOptions());
    Sync.await(client.connect(uri.getHost(), uri.getPort()));
    Sync.await(client.subscribe("news"));
    Message published =
        Sync.await(client.request(Message.of(MessageType.PUBLISH_URI, "news", "from a peer")));
    assertThat(published.content().toUtf8()).isEqualTo("1");
    assertThat(receive(client)).isEqualTo("news from a peer");

    assertThat(ask(TcpAddresses.NOTIFY, note("news", "from the bus")).getInteger("sent"))
        .isEqualTo(1);
    assertThat(receive(client)).isEqualTo("news from the bus");
    assertThat(ask(TcpAddresses.NOTIFY, note("olds", "")).getInteger("sent")).isZero();
    assertThat(ask(TcpAddresses.BROADCAST, note("all", "x")).getInteger("sent")).isEqualTo(1);
    assertThat(receive(client)).isEqualTo("all x");

    JsonArray peers = ask(TcpAddresses.PEERS, new JsonObject()).getJsonArray("peers");
    assertThat(peers).hasSize(1);
    long id = peers.getJsonObject(0).getLong("id");
    ask(TcpAddresses.DISCONNECT, new JsonObject().put("id", id));
    assertThat(Sync.failure(client.receiveOnce())).hasMessageContaining("CLOSED");
    Throwable unknown =
        Sync.failure(
            vertx.eventBus().request(TcpAddresses.DISCONNECT, new JsonObject().put("id", id + 1)));
    assertThat(((ReplyException) unknown).failureCode()).isEqualTo(TcpFailure.PEER_UNKNOWN.code());
    assertThat(
            Sync.failure(
                vertx
                    .eventBus()
                    .request(TcpAddresses.NOTIFY, new JsonObject().put("urri", "news"))))
        .hasMessageContaining("BAD_REQUEST: urri is not known");
  }

  @Test
  void routesAskTheEventBus() throws Exception {
    vertx
        .eventBus()
        .<JsonObject>consumer(
            "app.greet",
            asked -> {
              String name = asked.body().getString("content");
              switch (name) {
                case "nobody" -> asked.fail(1, "nobody is here");
                case "bytes" ->
                    asked.reply(new JsonObject().put("type", "ok").put("contentBase64", "/w=="));
                default -> asked.reply("hello " + name);
              }
            });
    URI uri =
        deploy(
            config(
                new JsonObject().put("uri", "greet").put("address", "app.greet"),
                new JsonObject().put("uri", "gone").put("address", "app.gone")));
    TcpClient client = client(new NetClientOptions());
    Sync.await(client.connect(uri.getHost(), uri.getPort()));
    Message hello = Sync.await(client.request("greet", "Ann"));
    assertThat(hello.type()).isEqualTo(MessageType.RESPOND_URI);
    assertThat(hello.content().toUtf8()).isEqualTo("hello Ann");
    Message bytes = Sync.await(client.request("greet", "bytes"));
    assertThat(bytes.type()).isEqualTo(MessageType.OK);
    assertThat(bytes.content()).isEqualTo(Bytes.hex("ff"));
    Message refused = Sync.await(client.request("greet", "nobody"));
    assertThat(refused.type()).isEqualTo(MessageType.ERROR);
    assertThat(refused.content().toUtf8()).isEqualTo("nobody is here");
    assertThat(Sync.await(client.request("gone", "")).type()).isEqualTo(MessageType.NOT_FOUND);
    assertThat(Sync.await(client.request("else", "")).type()).isEqualTo(MessageType.NOT_FOUND);
  }

  @Test
  void routesCarryWhatIsNoText() throws Exception {
    List<JsonObject> asked = new CopyOnWriteArrayList<>();
    vertx
        .eventBus()
        .<JsonObject>consumer(
            "app.any",
            request -> {
              asked.add(request.body());
              String uri = request.body().getString("uri", "");
              request.reply(
                  switch (uri) {
                    case "buffer" -> Buffer.buffer(new byte[] {(byte) 0xff});
                    case "nothing" -> null;
                    default -> "text";
                  });
            });
    URI uri = deploy(config(new JsonObject().put("type", "create").put("address", "app.any")));
    TcpClient client = client(new NetClientOptions());
    Sync.await(client.connect(uri.getHost(), uri.getPort()));
    assertThat(Sync.await(client.create("buffer", "")).content()).isEqualTo(Bytes.hex("ff"));
    Message binary =
        Message.of(MessageType.CREATE_URI, Bytes.hex("fe"), Bytes.wrap(new byte[] {(byte) 0xff}));
    assertThat(Sync.await(client.request(binary)).type()).isEqualTo(MessageType.OK);
    assertThat(asked.get(1).getString("type")).isEqualTo("create");
    assertThat(asked.get(1).getString("uriBase64")).isEqualTo("/g==");
    assertThat(asked.get(1).getString("contentBase64")).isEqualTo("/w==");
    assertThat(asked.get(1).getJsonObject("peer").getLong("id")).isEqualTo(1);
    Future<Message> none = client.create("nothing", "");
    assertThat(Sync.await(client.create("next", "")).content().toUtf8()).isEqualTo("text");
    assertThat(none.isComplete()).isFalse();
  }

  @Test
  void mutualTlsLetsInWhoShowsACertificate() throws Exception {
    TestCertificate server = TestCertificate.make(folder, "server");
    TestCertificate peer = TestCertificate.make(folder, "peer");
    JsonObject config = config();
    config
        .getJsonObject("tcp")
        .put("certificate", server.certificate())
        .put("key", server.key())
        .put("client-authority", peer.certificate())
        .put("client-certificates", "required");
    URI uri = deploy(config);
    assertThat(uri.getScheme()).isEqualTo("tcps");
    TcpClient client = client(tls(server).setKeyCertOptions(peer.pair()));
    TcpPeer connected = Sync.await(client.connect(uri.getHost(), uri.getPort()));
    assertThat(Sync.await(client.subscribe("x")).type()).isEqualTo(MessageType.CONFIRM_SUBSCRIBE);
    assertThat(connected.tlsSession().getPeerPrincipal()).hasToString("CN=server");

    TcpClient stranger = client(tls(server));
    Throwable refused =
        Sync.failure(
            stranger
                .connect(uri.getHost(), uri.getPort())
                .compose(joined -> stranger.subscribe("x")));
    assertThat(refused).isNotNull();

    TcpClient plain = client(new NetClientOptions());
    Sync.await(plain.connect(uri.getHost(), uri.getPort()));
    assertThat(Sync.failure(plain.subscribe("no handshake"))).hasMessageContaining("CLOSED");
  }

  @Test
  void peersMayShowCertificatesWhereTheyAreOptional() throws Exception {
    TestCertificate server = TestCertificate.make(folder, "server");
    TestCertificate peer = TestCertificate.make(folder, "peer");
    JsonObject config = config();
    tls(config, server)
        .put("client-authority", peer.certificate())
        .put("client-certificates", "optional");
    URI uri = deploy(config);
    for (NetClientOptions net : List.of(tls(server), tls(server).setKeyCertOptions(peer.pair()))) {
      TcpClient client = client(net);
      Sync.await(client.connect(uri.getHost(), uri.getPort()));
      assertThat(Sync.await(client.subscribe("x")).type()).isEqualTo(MessageType.CONFIRM_SUBSCRIBE);
    }
    JsonArray peers = ask(TcpAddresses.PEERS, new JsonObject()).getJsonArray("peers");
    assertThat(peers.getJsonObject(0).containsKey("certificate")).isFalse();
    assertThat(peers.getJsonObject(1).getString("certificate")).isEqualTo("CN=peer");
  }

  @Test
  void certificatesAreReadAgainWhenTheyChange() throws Exception {
    TestCertificate old = TestCertificate.make(folder, "old");
    TestCertificate next = TestCertificate.make(folder, "next");
    JsonObject config = config();
    tls(config, old).put("reload-seconds", 1);
    URI uri = deploy(config);
    TcpClient before = client(tls(old));
    Sync.await(before.connect(uri.getHost(), uri.getPort()));
    Files.copy(Path.of(next.key()), Path.of(old.key()), StandardCopyOption.REPLACE_EXISTING);
    NetClientOptions trusting = tls(next);
    Files.copy(
        Path.of(next.certificate()),
        Path.of(old.certificate()),
        StandardCopyOption.REPLACE_EXISTING);
    Sync.until(
        "handshakes show the new one",
        () -> Sync.succeeds(client(trusting).connect(uri.getHost(), uri.getPort())));
    assertThat(Sync.await(before.subscribe("x")).type()).isEqualTo(MessageType.CONFIRM_SUBSCRIBE);
  }

  @Test
  void startTellsAllThatIsWrong() throws Exception {
    Path secret = Files.writeString(folder.resolve("short"), "short\n");
    JsonObject config =
        new JsonObject()
            .put(
                "tcp",
                new JsonObject()
                    .put("secret-file", secret.toString())
                    .put("window-seconds", 60)
                    .put("client-certificates", "required")
                    .put("routes", new JsonArray().add(new JsonObject().put("uri", "x"))));
    Throwable failure =
        Sync.failure(
            vertx.deployVerticle(TcpVerticle::new, new DeploymentOptions().setConfig(config)));
    assertThat(failure)
        .hasMessageContaining("tcp.port: is needed")
        .hasMessageContaining("tcp.secret-file: the secret in it is too short")
        .hasMessageContaining("tcp.window-seconds: cannot be used with n002-p02")
        .hasMessageContaining("tcp.client-certificates: needs tcp.certificate and tcp.key")
        .hasMessageContaining("tcp.routes[0].address: is needed");
  }

  private URI deploy(JsonObject config) {
    return Service.deploy(vertx, config).uri();
  }

  private JsonObject config(JsonObject... routes) throws Exception {
    JsonObject config = Service.config(folder);
    return routes.length == 0 ? config : Service.with(config, "routes", routes);
  }

  private TcpClient client(NetClientOptions net) {
    return Service.client(vertx, net);
  }

  private static NetClientOptions tls(TestCertificate server) {
    return new NetClientOptions()
        .setSsl(true)
        .setTrustOptions(server.trust())
        .setHostnameVerificationAlgorithm("HTTPS");
  }

  private static JsonObject tls(JsonObject config, TestCertificate server) {
    return config
        .getJsonObject("tcp")
        .put("certificate", server.certificate())
        .put("key", server.key());
  }

  private JsonObject ask(String address, JsonObject body) {
    return Sync.await(vertx.eventBus().<JsonObject>request(address, body)).body();
  }

  private static JsonObject note(String uri, String content) {
    return new JsonObject().put("uri", uri).put("content", content);
  }

  private static String receive(TcpClient client) {
    Message message = Sync.await(client.receiveOnce()).orElseThrow();
    return message.uri().toUtf8() + " " + message.content().toUtf8();
  }
}
