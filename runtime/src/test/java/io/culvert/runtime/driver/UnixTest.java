package io.culvert.runtime.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Over Unix domain sockets. */
@EnabledOnOs(OS.LINUX)
class UnixTest {
  @TempDir Path folder;
  private final ToyApp app = new ToyApp();
  private Vertx vertx;
  private List<Shard> shards;
  private Path file;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    shards = Shards.of(vertx.getOrCreateContext(), 2);
    file = folder.resolve("s");
  }

  @AfterEach
  void stop() throws Exception {
    SocketContract.await(vertx.close());
  }

  @Test
  void servesAndKnowsWhoItIs() throws Exception {
    EngineServer server = listen(0600, 10);
    for (int i = 0; i < 4; i++) {
      try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
        assertThat(ask(client, "x" + i)).isEqualTo("x" + i);
        Peer peer = ToyApp.next(app.opened).peer;
        assertThat(peer.transport()).isEqualTo("unix");
        assertThat(peer.remote()).isNull();
        assertThat(peer.credentials())
            .isEqualTo(
                new PeerCredentials(
                    own("unix:uid"), own("unix:gid"), (int) ProcessHandle.current().pid()));
      }
      ToyApp.next(app.closed);
    }
    assertThat(server.counters().accepted()).isEqualTo(4);
  }

  @Test
  void limitOfConnectionsHolds() throws Exception {
    EngineServer server = listen(0600, 1);
    try (SocketChannel one = SocketChannel.open(UnixDomainSocketAddress.of(file));
        SocketChannel two = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
      assertThat(ask(one, "x")).isEqualTo("x");
      assertThat(two.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
    assertThat(server.counters().refused()).isEqualTo(1);
  }

  @Test
  void fileHasItsModeAndNothingElseIsLeft() throws Exception {
    EngineServer server = listen(0620, 10);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw--w----");
    assertThat(files()).containsExactly(file);
    SocketContract.await(server.close());
    assertThat(files()).isEmpty();
  }

  @Test
  void fileThatAnEarlierStartHasLeftIsReplaced() throws Exception {
    ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(file))
        .close();
    assertThat(file).exists();
    listen(0600, 10);
    try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
      assertThat(ask(client, "x")).isEqualTo("x");
    }
  }

  @Test
  void socketThatSomebodyListensOnIsLeftAlone() throws Exception {
    try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.bind(UnixDomainSocketAddress.of(file), 1);
      for (int i = 0; i < 4; i++) { // also where its backlog is full
        assertThat(failure(file)).hasMessageContaining("is in use by another program");
      }
    }
    assertThat(files()).containsExactly(file);
  }

  @Test
  void whatIsNoSocketIsLeftAlone() throws Exception {
    Files.writeString(file, "precious");
    assertThat(failure(file)).hasMessage(file + " exists and is not a socket");
    assertThat(file).hasContent("precious");
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nothing"));
    assertThat(failure(link)).hasMessage(link + " exists and is not a socket");
  }

  @Test
  void folderMustExistAndThePathBeShort() {
    assertThat(failure(folder.resolve("none/s"))).hasMessageContaining("there is no folder");
    assertThat(failure(folder.resolve("x".repeat(107)))).hasMessageContaining("is too long");
  }

  @Test
  void withoutTheNativeTransportItSaysSo() throws Exception {
    Vertx nio = Vertx.vertx();
    try {
      List<Shard> one = Shards.of(nio.getOrCreateContext(), 1);
      var listening =
          EngineServer.listenUnix(
              List.of(new ServingShard<>(one.get(0), app)), new UnixOptions(file, 0600, 10, 10, 0));
      assertThat(listening.toCompletionStage().toCompletableFuture())
          .failsWithin(20, TimeUnit.SECONDS)
          .withThrowableThat()
          .withMessageContaining("need the native transport");
      assertThat(files()).isEmpty();
    } finally {
      SocketContract.await(nio.close());
    }
  }

  @Test
  void whoEndsItsOutputStillGetsItsAnswer() throws Exception {
    app.onOpen = ToyEngine::stayOpenAfterEnd;
    listen(0600, 10);
    try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
      client.write(ByteBuffer.wrap(ToyEngine.frame("q".getBytes(StandardCharsets.UTF_8))));
      client.shutdownOutput();
      assertThat(receive(client)).isEqualTo("q");
      ToyEngine engine = ToyApp.next(app.opened);
      shards
          .get(0)
          .context()
          .runOnContext(
              go -> {
                engine.send(Bytes.utf8("later"));
                engine.closeAfterFlush();
              });
      assertThat(receive(client)).isEqualTo("later");
      assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
  }

  private EngineServer listen(int mode, int maxConnections) throws Exception {
    return SocketContract.await(listening(file, mode, maxConnections));
  }

  private Future<EngineServer> listening(Path path, int mode, int maxConnections) {
    return EngineServer.listenUnix(
        shards.stream().map(shard -> new ServingShard<>(shard, app)).toList(),
        new UnixOptions(path, mode, 10, maxConnections, 0));
  }

  private Throwable failure(Path path) {
    var listening = listening(path, 0600, 10).toCompletionStage().toCompletableFuture();
    assertThat(listening).failsWithin(20, TimeUnit.SECONDS);
    return listening.handle((server, failure) -> failure).join();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      return list.toList();
    }
  }

  private int own(String attribute) throws IOException {
    return (int) Files.getAttribute(folder, attribute);
  }

  private static String ask(SocketChannel client, String text) throws IOException {
    client.write(ByteBuffer.wrap(ToyEngine.frame(text.getBytes(StandardCharsets.UTF_8))));
    return receive(client);
  }

  private static String receive(SocketChannel client) throws IOException {
    ByteBuffer payload = ByteBuffer.allocate(read(client, 4).getInt());
    return new String(read(client, payload.capacity()).array(), StandardCharsets.UTF_8);
  }

  private static ByteBuffer read(SocketChannel client, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (client.read(bytes) < 0) {
        throw new IOException("the stream has ended");
      }
    }
    return bytes.flip();
  }
}
