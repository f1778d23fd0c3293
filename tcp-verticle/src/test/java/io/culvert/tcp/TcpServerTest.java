package io.culvert.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.Bytes;
import io.culvert.tcp.wire.AuthPlugin;
import io.culvert.tcp.wire.Dialect;
import io.culvert.tcp.wire.Frame;
import io.culvert.tcp.wire.FrameLimits;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageCodec;
import io.culvert.tcp.wire.MessageType;
import io.culvert.tcp.wire.PlainBody;
import io.culvert.tcp.wire.PlainHeader;
import io.culvert.tcp.wire.Verdict;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a server promises, seen from a plain socket. */
class TcpServerTest {
  private static final Dialect NEWEST = Dialect.N009_P03;
  private static final String SECRET = "a secret of sixteen bytes or more";
  private static final MessageCodec CODEC = MessageCodec.of(Dialect.DEFAULT);
  private static final Message ECHO = Message.of(MessageType.REQUEST_URI, "echo", "hi");

  private final Vertx vertx = Vertx.vertx();
  private int port;

  @AfterEach
  void close() {
    Sync.await(vertx.close());
  }

  @Test
  void answersComeInTheOrderOfTheirRequests() throws IOException {
    Promise<Reply> late = Promise.promise();
    TcpServer server = TcpServer.create(vertx, new TcpServerOptions());
    server
        .handlers()
        .on(MessageType.REQUEST_URI, "late", (message, peer) -> Reply.later(late.future()))
        .on(MessageType.REQUEST_URI, "echo", (message, peer) -> Reply.of(message));
    try (RawSocket socket = connect(server)) {
      socket.write(Message.of(MessageType.REQUEST_URI, "late"));
      socket.write(ECHO);
      Sync.until("a message is awaited", () -> server.counters().messagesIn() == 1);
      late.complete(Reply.of(Message.of(MessageType.OK, "late")));
      assertThat(socket.readMessage().uri().toUtf8()).isEqualTo("late");
      assertThat(socket.readMessage().uri().toUtf8()).isEqualTo("echo");
    }
  }

  @Test
  void handlerThatNeverAnswersIsReplacedByAnError() throws IOException {
    TcpServer server =
        TcpServer.create(
            vertx,
            new TcpServerOptions()
                .limits(new FrameLimits(1000, 1000, 1000, 0, /* answerMillis= */ 20, 1000)));
    Promise<Reply> never = Promise.promise();
    server.handlers().on(MessageType.REQUEST_URI, (message, peer) -> Reply.later(never.future()));
    try (RawSocket socket = connect(server)) {
      socket.write(ECHO);
      assertThat(socket.readMessage().content().toUtf8()).isEqualTo("no answer in time");
      never.complete(Reply.of(ECHO)); // which is nobody's any more
      socket.write(Message.of(MessageType.OK, "next"));
      assertThat(socket.readMessage().type()).isEqualTo(MessageType.NOT_FOUND);
    }
  }

  @Test
  void unknownMessagesGoToTheDefaultHandler() throws IOException {
    TcpServer server = TcpServer.create(vertx, new TcpServerOptions());
    server.handlers().otherwise((message, peer) -> Reply.of(message.reply(MessageType.OK, "me")));
    try (RawSocket socket = connect(server)) {
      socket.write(ECHO);
      assertThat(socket.readMessage().content().toUtf8()).isEqualTo("me");
    }
  }

  @Test
  void handlerForOneMessageIsGoneAfterIt() throws IOException {
    TcpServer server = TcpServer.create(vertx, new TcpServerOptions());
    server
        .handlers()
        .once(
            HandlerKey.of(MessageType.REQUEST_URI, "echo"),
            (message, peer) -> Reply.of(message),
            null);
    try (RawSocket socket = connect(server)) {
      socket.write(ECHO);
      socket.write(ECHO);
      assertThat(socket.readMessage().type()).isEqualTo(MessageType.REQUEST_URI);
      assertThat(socket.readMessage().type()).isEqualTo(MessageType.NOT_FOUND);
    }
  }

  @Test
  void ownKeysFindHandlers() throws IOException {
    TcpServer server =
        TcpServer.create(
            vertx, new TcpServerOptions().keys((message, peer) -> List.of(message.content())));
    server.handlers().on(Bytes.utf8("hi"), (message, peer) -> Reply.of(message), null);
    try (RawSocket socket = connect(server)) {
      socket.write(ECHO);
      assertThat(socket.readMessage()).isEqualTo(ECHO);
    }
  }

  @Test
  void subscribersAreNotifiedOnceUntilTheyUnsubscribe() throws IOException {
    TcpServer server = TcpServer.create(vertx, new TcpServerOptions());
    PublishSubscribe.addTo(server);
    try (RawSocket first = connect(server);
        RawSocket second = open(server)) {
      first.write(Message.of(MessageType.SUBSCRIBE_URI, "news"));
      first.write(Message.of(MessageType.SUBSCRIBE_URI, "news"));
      assertThat(first.readMessage().type()).isEqualTo(MessageType.CONFIRM_SUBSCRIBE);
      assertThat(first.readMessage().type()).isEqualTo(MessageType.CONFIRM_SUBSCRIBE);
      assertThat(server.subscriptions()).containsOnlyKeys(Bytes.utf8("news"));
      second.write(Message.of(MessageType.PUBLISH_URI, "news", "x"));
      assertThat(second.readMessage().content().toUtf8()).isEqualTo("1");
      assertThat(first.readMessage()).isEqualTo(Message.of(MessageType.NOTIFY_URI, "news", "x"));
      second.write(Message.of(MessageType.UNSUBSCRIBE_URI, "news")); // which it never was
      assertThat(second.readMessage().type()).isEqualTo(MessageType.CONFIRM_UNSUBSCRIBE);
      first.write(Message.of(MessageType.UNSUBSCRIBE_URI, "news"));
      assertThat(first.readMessage().type()).isEqualTo(MessageType.CONFIRM_UNSUBSCRIBE);
      assertThat(server.subscriptions()).isEmpty();
      assertThat(Sync.await(server.notify(Bytes.utf8("news"), ECHO))).isZero();
    }
  }

  @Test
  void subscriptionsOfAPeerAreBounded() throws IOException {
    TcpServer server =
        TcpServer.create(vertx, new TcpServerOptions().maximumSubscriptionsPerPeer(1));
    PublishSubscribe.addTo(server);
    try (RawSocket socket = connect(server)) {
      socket.write(Message.of(MessageType.SUBSCRIBE_URI, "a"));
      socket.write(Message.of(MessageType.SUBSCRIBE_URI, "b"));
      assertThat(socket.readMessage().type()).isEqualTo(MessageType.CONFIRM_SUBSCRIBE);
      assertThat(socket.readMessage().type()).isEqualTo(MessageType.ERROR);
    }
    Sync.until("it is gone", () -> server.clients().isEmpty());
    assertThat(server.subscriptions()).isEmpty();
  }

  @Test
  void broadcastReachesEverybodySignedOrNot() throws IOException {
    AuthPlugin auth = SharedSecret.of(SECRET, Dialect.DEFAULT);
    TcpServer server = TcpServer.create(vertx, new TcpServerOptions().auth(auth));
    try (RawSocket first = connect(server);
        RawSocket second = open(server)) {
      Sync.until("both are there", () -> server.clients().size() == 2);
      assertThat(Sync.await(server.broadcast(ECHO))).isEqualTo(2);
      assertThat(Sync.await(server.broadcast(ECHO, false))).isEqualTo(2);
      for (RawSocket socket : List.of(first, second)) {
        Frame signed = socket.read();
        assertThat(auth.check(signed.message(), signed.body())).isEqualTo(Verdict.VALID);
        assertThat(socket.readMessage()).isEqualTo(ECHO);
      }
    }
  }

  @Test
  void slowReaderIsLetGoAndHoldsUpNobody() throws IOException {
    TcpServer server =
        TcpServer.create(
            vertx,
            new TcpServerOptions().limits(new FrameLimits(1000, 100_000, 1000, 0, 1000, 60_000)));
    try (RawSocket slow = connect(server);
        RawSocket fast = open(server)) {
      Sync.until("both are there", () -> server.clients().size() == 2);
      Message large = Message.of(MessageType.NOTIFY_URI, "n", "x".repeat(50_000));
      int sent = 0;
      while (server.clients().size() == 2) {
        Sync.await(server.broadcast(large));
        sent++;
        assertThat(fast.readMessage()).isEqualTo(large);
      }
      assertThat(server.counters().slowReaders()).isEqualTo(1);
      assertThat(Sync.await(server.broadcast(ECHO))).isEqualTo(1);
      assertThat(fast.readMessage()).isEqualTo(ECHO);
      assertThat(sent).isGreaterThan(1);
      assertThat(slow).isNotNull();
    }
  }

  @Test
  void connectionsOfAnAddressAreBounded() throws IOException {
    TcpServer server = TcpServer.create(vertx, new TcpServerOptions().maximumConnections(100, 2));
    try (RawSocket first = connect(server);
        RawSocket second = open(server);
        RawSocket third = open(server)) {
      assertThat(third.read()).isNull();
      assertThat(server.counters().refused()).isEqualTo(1);
      first.close();
      Sync.until("there is room", () -> server.clients().size() == 1);
      second.write(ECHO);
      assertThat(second.readMessage().type()).isEqualTo(MessageType.NOT_FOUND);
    }
  }

  @Test
  void connectionsOfAllAddressesAreBounded() throws IOException {
    TcpServer server = TcpServer.create(vertx, new TcpServerOptions().maximumConnections(1, 100));
    try (RawSocket first = connect(server)) {
      first.write(ECHO);
      assertThat(first.readMessage().type()).isEqualTo(MessageType.NOT_FOUND);
      try (RawSocket second = open(server)) {
        assertThat(second.read()).isNull();
      }
      first.write(ECHO);
      assertThat(first.readMessage().type()).isEqualTo(MessageType.NOT_FOUND);
    }
    Sync.until("it is gone", () -> server.clients().isEmpty());
    try (RawSocket third = open(server)) {
      third.write(ECHO);
      assertThat(third.readMessage().type()).isEqualTo(MessageType.NOT_FOUND);
    }
  }

  @Test
  void messageToAPeerThatDoesNotReadIsRefused() throws IOException {
    TcpServer server =
        TcpServer.create(
            vertx,
            new TcpServerOptions().limits(new FrameLimits(1000, 100_000, 1000, 0, 1000, 60_000)));
    try (RawSocket slow = connect(server)) {
      Sync.until("it is there", () -> server.clients().size() == 1);
      TcpPeer peer = server.clients().iterator().next();
      Message large = Message.of(MessageType.NOTIFY_URI, "n", "x".repeat(50_000));
      Future<Void> sent = peer.send(large);
      while (Sync.succeeds(sent)) {
        sent = peer.send(large);
      }
      assertThat(Sync.failure(sent)).hasMessageContaining("QUEUE_FULL");
      assertThat(peer.isOpen()).isTrue();
      assertThat(slow.readMessage()).isEqualTo(large);
    }
  }

  @Test
  void halfFramesOfManyConnectionsAreBoundedTogether() throws IOException {
    TcpServer server =
        TcpServer.create(vertx, new TcpServerOptions().maximumReceivedBytes(100_000));
    Bytes half =
        CODEC.encode(Message.of(MessageType.PUBLISH_URI, "u", "x".repeat(60_000))).slice(0, 40_000);
    try (RawSocket first = connect(server);
        RawSocket second = open(server);
        RawSocket third = open(server)) {
      first.write(half);
      Sync.until("the first is held", () -> held(server) > 30_000);
      second.write(half);
      third.write(half);
      assertThat(first.readMessage().content().toUtf8()).contains("all connections together");
      assertThat(first.read()).isNull();
      assertThat(server.counters().violations()).isEqualTo(1);
    }
  }

  @Test
  void failuresEndTheConnectionAndThenKeepTheAddressOut() throws IOException {
    TcpServer server =
        TcpServer.create(
            vertx,
            new TcpServerOptions()
                .auth(SharedSecret.of(SECRET, Dialect.DEFAULT))
                .failures(2, 4, 3_600_000));
    int port = Sync.await(server.listen("127.0.0.1", 0));
    for (int i = 0; i < 2; i++) {
      try (RawSocket socket = new RawSocket(port, CODEC)) {
        socket.write(ECHO);
        socket.write(ECHO);
        assertThat(socket.readMessage().type()).isEqualTo(MessageType.AUTH_ERROR);
        assertThat(socket.readMessage().type()).isEqualTo(MessageType.AUTH_ERROR);
        assertThat(socket.read()).isNull();
      }
    }
    try (RawSocket socket = new RawSocket(port, CODEC)) {
      assertThat(socket.read()).isNull();
    }
    assertThat(server.counters().notAuthentic()).isEqualTo(4);
    assertThat(server.counters().refused()).isEqualTo(1);
  }

  @Test
  void recordedMessageIsTakenOnceOnAnyConnection() throws IOException {
    AuthPlugin own = SharedSecret.of(SECRET, NEWEST);
    TcpServer server =
        TcpServer.create(
            vertx,
            new TcpServerOptions()
                .dialect(NEWEST)
                .auth(SharedSecret.of(SECRET, NEWEST, 300, 1000)));
    server.handlers().on(MessageType.REQUEST_URI, (message, peer) -> Reply.of(message));
    int port = Sync.await(server.listen("127.0.0.1", 0));
    MessageCodec codec = MessageCodec.of(NEWEST);
    Bytes recorded = codec.encode(own.make(ECHO, codec.body(ECHO)));
    try (RawSocket socket = new RawSocket(port, codec)) {
      socket.write(recorded);
      socket.write(recorded);
      assertThat(socket.readMessage().type()).isEqualTo(MessageType.REQUEST_URI);
      assertThat(socket.readMessage().type()).isEqualTo(MessageType.AUTH_ERROR);
    }
    try (RawSocket socket = new RawSocket(port, codec)) {
      socket.write(recorded);
      assertThat(socket.readMessage().type()).isEqualTo(MessageType.AUTH_ERROR);
    }
  }

  @Test
  void whatTheServerHasSignedIsNoRequestToIt() throws IOException {
    AuthPlugin own = SharedSecret.of(SECRET, NEWEST);
    TcpServer server =
        TcpServer.create(
            vertx,
            new TcpServerOptions()
                .dialect(NEWEST)
                .auth(SharedSecret.of(SECRET, NEWEST, 300, 1000)));
    server
        .handlers()
        .otherwise((message, peer) -> Reply.of(message.reply(MessageType.OK, "answer")));
    MessageCodec codec = MessageCodec.of(NEWEST);
    try (RawSocket socket = new RawSocket(Sync.await(server.listen("127.0.0.1", 0)), codec)) {
      socket.write(codec.encode(own.make(ECHO, codec.body(ECHO))));
      Message answer = socket.readMessage();
      assertThat(answer.type()).isEqualTo(MessageType.OK);
      socket.write(answer);
      assertThat(socket.readMessage().type()).isEqualTo(MessageType.AUTH_ERROR);
    }
  }

  @Test
  void secretMustBeLongAndWindowMustFitTheDialect() {
    assertThatThrownBy(() -> SharedSecret.of("fifteen bytes!!", NEWEST))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("15 bytes is too short");
    assertThatThrownBy(() -> SharedSecret.forTrials("", NEWEST))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SharedSecret.of(SECRET, Dialect.DEFAULT, 300, 1000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("n002-p02");
  }

  @Test
  void lengthsThatLieEndTheConnectionWithAReason() throws IOException {
    TcpServer server =
        TcpServer.create(
            vertx, new TcpServerOptions().limits(new FrameLimits(1000, 1000, 50, 0, 1000, 1000)));
    try (RawSocket more = connect(server);
        RawSocket larger = open(server);
        RawSocket nothing = open(server)) {
      more.write(CODEC.encode(ECHO).slice(0, 20)); // less than it says, and then silence
      assertThat(more.readMessage().content().toUtf8()).contains("not complete after 50 ms");
      assertThat(more.read()).isNull();
      larger.write(Bytes.hex("00" + "ffff" + "ffff" + "00000000"));
      assertThat(larger.readMessage().content().toUtf8()).contains("a frame of 131079 bytes");
      assertThat(larger.read()).isNull();
      nothing.write(Bytes.hex("00" + "0000" + "0000" + "00000000"));
      assertThat(nothing.readMessage().type()).isEqualTo(MessageType.ERROR);
      assertThat(nothing.read()).isNull();
    }
    assertThat(server.counters().violations()).isEqualTo(3);
  }

  @Test
  void servesASocketThatSomebodyElseHasAccepted() throws IOException {
    Promise<Integer> listening = Promise.promise();
    vertx.runOnContext(
        ignored -> {
          TcpServer server = TcpServer.create(vertx, new TcpServerOptions());
          server.handlers().on(MessageType.REQUEST_URI, (message, peer) -> Reply.of(message));
          vertx
              .createNetServer()
              .connectHandler(server::attach)
              .listen(0, "127.0.0.1")
              .map(NetServer::actualPort)
              .onComplete(listening);
        });
    try (RawSocket socket = new RawSocket(Sync.await(listening.future()), CODEC)) {
      socket.write(ECHO);
      assertThat(socket.readMessage()).isEqualTo(ECHO);
      socket.endOutput();
      assertThat(socket.read()).isNull();
    }
  }

  @Test
  void replacedPartsOfTheWireAreUsed() throws IOException {
    MessageCodec own =
        MessageCodec.of(new TwelveByteHeader(), Dialect.DEFAULT.authFields(), PlainBody.of(NEWEST));
    TcpServer server =
        TcpServer.create(
            vertx,
            new TcpServerOptions()
                .codec(own)
                .makeError(text -> Message.of(MessageType.ERROR, "own", text)));
    try (RawSocket socket = new RawSocket(Sync.await(server.listen("127.0.0.1", 0)), own)) {
      socket.write(ECHO);
      assertThat(socket.readMessage()).isEqualTo(Message.of(MessageType.ERROR, "own", "not found"));
    }
  }

  @Test
  void typesOfAnApplicationAreCarriedBesideThoseOfTheDialect() throws IOException {
    MessageType alarm = new MessageType(31, "ALARM");
    MessageCodec own =
        MessageCodec.of(
            new PlainHeader(Dialect.DEFAULT.types().withCustom(alarm)),
            Dialect.DEFAULT.authFields(),
            PlainBody.of(Dialect.DEFAULT));
    TcpServer server = TcpServer.create(vertx, new TcpServerOptions().codec(own));
    server.handlers().on(alarm, (message, peer) -> Reply.of(message));
    try (RawSocket socket = new RawSocket(Sync.await(server.listen("127.0.0.1", 0)), own)) {
      Message fire = Message.of(alarm, "cellar", "fire");
      socket.write(fire);
      assertThat(socket.readMessage()).isEqualTo(fire);
    }
    assertThatThrownBy(() -> Dialect.DEFAULT.types().withCustom(new MessageType(30, "LOW")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void closeSendsWhatWaitsAndTellsEverybody() throws IOException {
    TcpServer server = TcpServer.create(vertx, new TcpServerOptions());
    try (RawSocket socket = connect(server)) {
      Sync.until("it is there", () -> server.clients().size() == 1);
      Set<TcpPeer> clients = server.clients();
      assertThat(Sync.await(server.broadcast(ECHO))).isEqualTo(1);
      socket.endOutput();
      Sync.await(server.close());
      assertThat(socket.readMessage()).isEqualTo(ECHO);
      assertThat(socket.read()).isNull();
      assertThat(clients).isEmpty();
    }
  }

  private static long held(TcpServer server) {
    return server.receiveBudget().heldBytes();
  }

  private RawSocket connect(TcpServer server) throws IOException {
    port = Sync.await(server.listen("127.0.0.1", 0));
    return open(server);
  }

  private RawSocket open(TcpServer server) throws IOException {
    return new RawSocket(port, CODEC);
  }
}
