package io.culvert.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.tcp.demo.DemoServer;
import io.culvert.tcp.wire.Dialect;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Client and example server talk to each other. */
class TcpClientTest {
  private static final String SECRET = "a secret of sixteen bytes or more";

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    Sync.await(vertx.close());
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void everyResourceOfTheExampleAnswers(Dialect dialect) {
    TcpClient client = client(dialect);
    connect(client, demo(dialect));
    assertAnswer(client.request("echo", "hello"), MessageType.RESPOND_URI, "hello");
    assertAnswer(client.request("async", ""), MessageType.OK, "async");
    assertThat(Sync.await(client.request("blob", "1000")).content().length()).isEqualTo(1000);
    assertAnswer(client.create("a/b", "1"), MessageType.OK, "stored");
    assertAnswer(client.create("a/b", "2"), MessageType.ERROR, "cannot overwrite");
    assertAnswer(client.request("a/b", ""), MessageType.RESPOND_URI, "1");
    assertAnswer(client.update("a/b", "3"), MessageType.OK, "stored");
    assertAnswer(client.request("a/b", ""), MessageType.RESPOND_URI, "3");
    assertAnswer(client.delete("a/b"), MessageType.OK, "deleted");
    assertAnswer(client.delete("a/b"), MessageType.NOT_FOUND, "not found");
    assertAnswer(client.update("a/b", "3"), MessageType.NOT_FOUND, "not found");
    assertAnswer(client.request("a/b", ""), MessageType.NOT_FOUND, "not found");
    assertAnswer(client.request("boom", ""), MessageType.ERROR, "internal error");
    assertAnswer(client.subscribe("news"), MessageType.CONFIRM_SUBSCRIBE, "");
    assertAnswer(
        client.request(Message.of(MessageType.PUBLISH_URI, "news", "x")), MessageType.OK, "1");
    assertThat(Sync.await(client.receiveOnce()).orElseThrow().type())
        .isEqualTo(MessageType.NOTIFY_URI);
    assertAnswer(client.request("broadcast", "all"), MessageType.OK, "1");
    Message told = Sync.await(client.receiveOnce()).orElseThrow();
    assertThat(told.uri().toUtf8()).isEqualTo("broadcast");
    assertThat(told.content().toUtf8()).isEqualTo("all");
    assertAnswer(client.unsubscribe("news"), MessageType.CONFIRM_UNSUBSCRIBE, "");
  }

  @Test
  void manyRequestsAtOnceGetTheirOwnAnswers() {
    TcpClient client = client(Dialect.DEFAULT);
    connect(client, demo(Dialect.DEFAULT));
    List<Future<Message>> answers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      answers.add(client.request("echo", "number " + i));
    }
    for (int i = 0; i < answers.size(); i++) {
      assertThat(Sync.await(answers.get(i)).content().toUtf8()).isEqualTo("number " + i);
    }
  }

  @Test
  void requestWithoutAnswerTimesOut() {
    TcpClient client = client(Dialect.DEFAULT);
    connect(client, demo(Dialect.DEFAULT));
    Throwable failure =
        Sync.failure(client.request(Message.of(MessageType.REQUEST_URI, "none"), null, 30));
    assertThat(failure).hasMessageContaining("TIMEOUT");
    assertAnswer(client.request("echo", "still"), MessageType.RESPOND_URI, "still");
  }

  @Test
  void noMoreRequestsWaitThanMay() {
    TcpClient client =
        TcpClient.create(
            vertx,
            new TcpClientOptions()
                .auth(SharedSecret.of(SECRET, Dialect.DEFAULT))
                .maximumRequests(1));
    connect(client, demo(Dialect.DEFAULT));
    Future<Message> waiting = client.request("async", "");
    assertThat(Sync.failure(client.request("echo", "x")))
        .hasMessageContaining("BUSY: 1 requests wait");
    assertAnswer(waiting, MessageType.OK, "async");
    assertAnswer(client.request("echo", "x"), MessageType.RESPOND_URI, "x");
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void otherSecretIsNamedAsTheReason(Dialect dialect) {
    TcpClient client =
        TcpClient.create(
            vertx,
            new TcpClientOptions()
                .dialect(dialect)
                .auth(SharedSecret.of("quite another secret", dialect)));
    connect(client, demo(dialect));
    assertThat(Sync.failure(client.request("echo", "x"))).hasMessageContaining("AUTH_FAILED");
  }

  @Test
  void oneClientHasSeveralServers() {
    int first = demo(Dialect.DEFAULT);
    int second = demo(Dialect.DEFAULT);
    TcpClient client = client(Dialect.DEFAULT);
    connect(client, first);
    connect(client, second);
    Host firstHost = new Host("127.0.0.1", first);
    Host secondHost = new Host("127.0.0.1", second);
    assertThat(client.hosts()).containsExactlyInAnyOrder(firstHost, secondHost);
    assertAnswer(client.create("k", "of the first"), MessageType.OK, "stored");
    Message read = Message.of(MessageType.REQUEST_URI, "k");
    assertThat(Sync.await(client.request(read, secondHost, 5000)).type())
        .isEqualTo(MessageType.NOT_FOUND);
    Sync.await(client.defaultHost(secondHost));
    assertAnswer(client.request("k", ""), MessageType.NOT_FOUND, "not found");
    Sync.await(client.close(secondHost));
    assertThat(client.hosts()).containsExactly(firstHost);
    assertAnswer(client.request("k", ""), MessageType.RESPOND_URI, "of the first");
  }

  @Test
  void handlersMakeResultsAndGetAllWhileItLoops() {
    int port = demo(Dialect.DEFAULT);
    TcpClient client = client(Dialect.DEFAULT);
    List<String> heard = new CopyOnWriteArrayList<>();
    client
        .handlers()
        .on(
            MessageType.NOTIFY_URI,
            (message, peer) -> {
              heard.add(message.content().toUtf8());
              return Reply.of(message.reply(MessageType.OK, "handled"));
            });
    connect(client, port);
    Sync.await(client.subscribe("n"));
    Sync.await(client.request(Message.of(MessageType.PUBLISH_URI, "n", "1")));
    assertThat(Sync.await(client.receiveOnce()).orElseThrow().content().toUtf8())
        .isEqualTo("handled");
    Sync.await(client.receiveAll(true));
    Sync.await(client.request(Message.of(MessageType.PUBLISH_URI, "n", "2")));
    Sync.await(client.request(Message.of(MessageType.PUBLISH_URI, "n", "3")));
    Sync.until("all were heard", () -> heard.equals(List.of("1", "2", "3")));
  }

  @Test
  void lostServerIsFoundAgain() {
    TcpServer server = DemoServer.create(vertx, options(Dialect.DEFAULT));
    int port = Sync.await(server.listen("127.0.0.1", 0));
    List<Host> connected = new CopyOnWriteArrayList<>();
    TcpClient client =
        TcpClient.create(
            vertx,
            new TcpClientOptions()
                .auth(SharedSecret.of(SECRET, Dialect.DEFAULT))
                .reconnectMillis(10));
    client.onConnected(connected::add);
    connect(client, port);
    server.clients().forEach(TcpPeer::close);
    Sync.until("it is back", () -> connected.size() == 2);
    assertAnswer(client.request("echo", "again"), MessageType.RESPOND_URI, "again");
  }

  @Test
  void whatWaitsFailsWhenTheServerIsLost() {
    TcpServer server = DemoServer.create(vertx, options(Dialect.DEFAULT));
    int port = Sync.await(server.listen("127.0.0.1", 0));
    TcpClient client = client(Dialect.DEFAULT);
    connect(client, port);
    Future<Message> waiting = client.request("none", "");
    Future<?> receiving = client.receiveOnce();
    Sync.until("it is there", () -> server.counters().messagesIn() == 1);
    server.clients().forEach(TcpPeer::close);
    assertThat(Sync.failure(waiting)).hasMessageContaining("CLOSED");
    assertThat(Sync.failure(receiving)).hasMessageContaining("CLOSED");
    assertThat(Sync.failure(client.send(Message.of(MessageType.OK, "x"))))
        .hasMessageContaining("CLOSED");
  }

  @Test
  void messageThatIsTooLongIsNotSent() {
    TcpClient client = client(Dialect.DEFAULT);
    connect(client, demo(Dialect.DEFAULT));
    assertThat(Sync.failure(client.request("echo", "x".repeat(65_536))))
        .hasMessageContaining("TOO_LONG");
    String longest = "x".repeat(65_531 - "echo".length());
    assertAnswer(client.request("echo", longest), MessageType.RESPOND_URI, longest);
  }

  private int demo(Dialect dialect) {
    return Sync.await(DemoServer.create(vertx, options(dialect)).listen("127.0.0.1", 0));
  }

  private static TcpServerOptions options(Dialect dialect) {
    return new TcpServerOptions().dialect(dialect).auth(SharedSecret.of(SECRET, dialect));
  }

  private TcpClient client(Dialect dialect) {
    return TcpClient.create(
        vertx, new TcpClientOptions().dialect(dialect).auth(SharedSecret.of(SECRET, dialect)));
  }

  private static void connect(TcpClient client, int port) {
    Sync.await(client.connect("127.0.0.1", port));
  }

  private static void assertAnswer(Future<Message> answer, MessageType type, String content) {
    Message message = Sync.await(answer);
    assertThat(message.type()).isEqualTo(type);
    assertThat(message.content().toUtf8()).isEqualTo(content);
  }
}
