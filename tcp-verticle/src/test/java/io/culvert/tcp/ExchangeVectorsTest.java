package io.culvert.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.ByteReader;
import io.culvert.engine.Bytes;
import io.culvert.tcp.wire.AuthPlugin;
import io.culvert.tcp.wire.Dialect;
import io.culvert.tcp.wire.Frame;
import io.culvert.tcp.wire.Header;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageCodec;
import io.culvert.tcp.wire.MessageType;
import io.culvert.tcp.wire.Vectors;
import io.culvert.tcp.wire.Verdict;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * The recorded conversations, over real sockets. Where this server deliberately answers otherwise
 * than the reference, {@link #expected} says so; each case stands in docs/intended-oddities.md.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExchangeVectorsTest {
  private static final String SECRET = "test";
  private static final String PROBE = "are you still there?";

  private final Vertx vertx = Vertx.vertx();
  private final Map<String, Integer> ports = new HashMap<>();

  @BeforeAll
  void listen() {
    for (Dialect dialect : Dialect.values()) {
      for (boolean signed : new boolean[] {false, true}) {
        TcpServerOptions options =
            new TcpServerOptions().dialect(dialect).failures(10, Integer.MAX_VALUE, 60_000);
        if (signed) {
          options.auth(SharedSecret.forTrials(SECRET, dialect));
        }
        TcpServer server = TcpServer.create(vertx, options);
        addHandlers(server, dialect);
        ports.put(dialect.id() + signed, Sync.await(server.listen("127.0.0.1", 0)));
      }
    }
  }

  @AfterAll
  void close() {
    Sync.await(vertx.close());
  }

  private static void addHandlers(TcpServer server, Dialect dialect) {
    server
        .handlers()
        .on(
            MessageType.REQUEST_URI,
            "echo",
            (message, peer) -> Reply.of(message.reply(MessageType.RESPOND_URI, message.content())))
        .on(MessageType.REQUEST_URI, "none", (message, peer) -> Reply.none())
        .on(
            MessageType.REQUEST_URI,
            "boom",
            (message, peer) -> {
              throw new IllegalStateException("as the reference's handler does");
            })
        .on(
            MessageType.REQUEST_URI,
            "big",
            (message, peer) ->
                Reply.of(message.reply(MessageType.RESPOND_URI, Vectors.pattern(70_000))))
        .on(
            MessageType.REQUEST_URI,
            "async",
            (message, peer) -> {
              Promise<Reply> later = Promise.promise();
              Thread thread =
                  new Thread(
                      () -> later.complete(Reply.of(message.reply(MessageType.OK, "async"))));
              thread.start();
              return Reply.later(later.future());
            })
        .on(
            MessageType.SUBSCRIBE_URI,
            (message, peer) -> {
              server.subscribe(message.uri(), peer);
              return Reply.of(message.reply(MessageType.CONFIRM_SUBSCRIBE, Bytes.EMPTY));
            })
        .on(
            MessageType.UNSUBSCRIBE_URI,
            (message, peer) -> {
              server.unsubscribe(message.uri(), peer);
              return Reply.of(message.reply(MessageType.CONFIRM_UNSUBSCRIBE, Bytes.EMPTY));
            })
        .on(
            HandlerKey.of(MessageType.CREATE_URI, "inner"),
            (message, peer) -> Reply.of(message.reply(MessageType.OK, "made")),
            SharedSecret.forTrials("inner", dialect));
  }

  @TestFactory
  Stream<DynamicTest> servers() {
    return Vectors.of("server-exchange")
        .map(vector -> DynamicTest.dynamicTest(vector.getString("id"), () -> serve(vector)));
  }

  private void serve(JsonObject vector) throws IOException {
    Dialect dialect = Vectors.dialect(vector);
    boolean signed = vector.getString("server_auth") != null;
    MessageCodec codec = MessageCodec.of(dialect);
    AuthPlugin auth = SharedSecret.forTrials(SECRET, dialect);
    Bytes sent = Vectors.bytes(vector.getValue("sent"));
    Expected expected = expected(vector, sent);
    try (RawSocket socket = new RawSocket(ports.get(dialect.id() + signed), codec)) {
      if (vector.getInteger("sent_chunks") > 1) {
        for (int i = 0; i < sent.length(); i++) {
          socket.write(sent.slice(i, i + 1));
        }
      } else {
        socket.write(sent);
      }
      boolean halfClose = vector.getBoolean("client_half_close");
      boolean probes = !halfClose && !expected.closed();
      if (probes) { // is the connection still there?
        Message probe = Message.of(MessageType.REQUEST_URI, "echo", PROBE);
        socket.write(codec.encode(signed ? auth.make(probe, codec.body(probe)) : probe));
      }
      if (halfClose || probes) {
        socket.endOutput();
      }
      List<Frame> answers = new ArrayList<>();
      for (Frame next = socket.read(); next != null; next = socket.read()) {
        answers.add(next);
      }
      if (probes) {
        Frame last = answers.remove(answers.size() - 1);
        assertThat(last.message().content().toUtf8()).isEqualTo(PROBE);
      }
      assertAnswers(answers, expected, auth);
    }
  }

  private static void assertAnswers(List<Frame> answers, Expected expected, AuthPlugin auth) {
    assertThat(answers)
        .extracting(answer -> answer.message().type().name())
        .isEqualTo(expected.answers().stream().map(Answer::type).toList());
    for (int i = 0; i < answers.size(); i++) {
      Frame answer = answers.get(i);
      Answer wanted = expected.answers().get(i);
      assertThat(answer.intact()).isTrue();
      if (wanted.content() != null) {
        assertThat(answer.message().uri()).isEqualTo(wanted.uri());
        assertThat(answer.message().content()).isEqualTo(wanted.content());
        assertThat(answer.message().auth().get("hmac") != null).isEqualTo(wanted.hasHmac());
        assertThat(auth.check(answer.message(), answer.body()) == Verdict.VALID)
            .isEqualTo(wanted.hmacValid());
      }
    }
  }

  /** What the reference has answered, and what we answer instead. */
  private static Expected expected(JsonObject vector, Bytes sent) {
    String name = Vectors.name(vector);
    Dialect dialect = Vectors.dialect(vector);
    boolean closed = vector.getBoolean("server_closed");
    boolean halfClose = vector.getBoolean("client_half_close");
    List<Answer> answers = new ArrayList<>();
    for (Object frame : vector.getJsonArray("response_frames")) {
      answers.add(Answer.of((JsonObject) frame));
    }
    if (name.equals("handler-raises")) { // costs the peer no more than its answer
      answers.add(Answer.any("ERROR"));
      answers.add(Answer.any("RESPOND_URI"));
      return new Expected(answers, false);
    }
    if (name.equals("handler-reply-too-big")) { // an answer is not swallowed
      answers.add(0, Answer.any("ERROR"));
      return new Expected(answers, false);
    }
    if (name.startsWith("inner-auth-fail")) { // one answer, not two
      answers.subList(1, answers.size()).clear();
    }
    if (name.equals("garbage-auth")) { // packify 0.2 takes what it does not know for nothing
      return new Expected(List.of(Answer.any("ERROR")), true);
    }
    if (closed && answers.isEmpty()) { // a peer is told why
      boolean types = name.equals("auth-ts-str") || name.equals("auth-hmac-int");
      boolean map = name.equals("auth-not-a-dict");
      answers.add(Answer.any(types || map ? "AUTH_ERROR" : "ERROR"));
    }
    if (dialect == Dialect.N009_P03) { // its clients look for the URI of their request
      Bytes uri = closed && !halfClose ? Bytes.EMPTY : uriOf(sent, dialect);
      answers.replaceAll(
          answer -> answer.isErrorOtherThan("invalid message") ? answer.withUri(uri) : answer);
    }
    return new Expected(answers, closed && !halfClose);
  }

  private static Bytes uriOf(Bytes sent, Dialect dialect) {
    MessageCodec codec = MessageCodec.of(dialect);
    ByteReader reader = new ByteReader();
    reader.reset(sent);
    if (sent.length() < codec.headerLength()) {
      return Bytes.EMPTY;
    }
    Header header = codec.header(reader);
    int length = header.authLength() + header.bodyLength();
    return reader.remaining() < length
        ? Bytes.EMPTY
        : codec.frame(header, reader.take(length)).message().uri();
  }

  @TestFactory
  Stream<DynamicTest> clients() {
    return Vectors.of("client-receive")
        .map(vector -> DynamicTest.dynamicTest(vector.getString("id"), () -> receive(vector)));
  }

  private void receive(JsonObject vector) throws IOException {
    Dialect dialect = Vectors.dialect(vector);
    TcpClientOptions options = new TcpClientOptions().dialect(dialect);
    if (vector.getString("client_auth") != null) {
      options.auth(SharedSecret.forTrials(SECRET, dialect));
    }
    TcpClient client = TcpClient.create(vertx, options);
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Sync.await(client.connect("127.0.0.1", listener.getLocalPort()));
      try (RawSocket server = new RawSocket(listener.accept(), MessageCodec.of(dialect))) {
        server.write(Vectors.bytes(vector.getValue("received")));
        List<Object> results = vector.getJsonArray("receive_once_results").stream().toList();
        for (Object result : results) {
          if (result instanceof String raised) {
            assertThat(raised).startsWith("raises");
            server.endOutput();
            Throwable failure = Sync.failure(client.receiveOnce());
            assertThat(failure).hasMessageContaining("CLOSED");
          } else {
            Optional<Message> received = Sync.await(client.receiveOnce());
            assertReceived(received, result);
          }
        }
      }
    } finally {
      Sync.await(client.close());
    }
  }

  private static void assertReceived(Optional<Message> received, Object result) {
    Map<?, ?> wanted = result instanceof JsonObject json ? json.getMap() : (Map<?, ?>) result;
    if (wanted == null || wanted.get("type").equals("AUTH_ERROR")) {
      assertThat(received).isEmpty(); // later versions hand out an error of their own making
      return;
    }
    assertThat(received).isPresent();
    assertThat(received.get().type().name()).isEqualTo(wanted.get("type"));
    assertThat(received.get().uri().toHex()).isEqualTo(wanted.get("uri"));
    assertThat(received.get().content().toHex()).isEqualTo(wanted.get("content"));
  }

  @TestFactory
  Stream<DynamicTest> keys() {
    return Vectors.of("keys")
        .map(
            vector ->
                DynamicTest.dynamicTest(
                    vector.getString("id"),
                    () -> {
                      List<Object> results = vector.getJsonArray("result").stream().toList();
                      assertThat(HandlerKeyTest.keysOf(Vectors.dialect(vector)))
                          .hasSize(results.size());
                    }));
  }

  private record Expected(List<Answer> answers, boolean closed) {}

  /** Without content, only the type counts. */
  private record Answer(String type, Bytes uri, Bytes content, boolean hasHmac, boolean hmacValid) {
    static Answer any(String type) {
      return new Answer(type, Bytes.EMPTY, null, false, false);
    }

    static Answer of(JsonObject frame) {
      return new Answer(
          frame.getString("type_name"),
          Bytes.hex(frame.getString("uri")),
          Vectors.bytes(frame.getValue("content")),
          frame.getJsonObject("auth_fields").containsKey("hmac"),
          Boolean.TRUE.equals(frame.getBoolean("hmac_valid")));
    }

    boolean isErrorOtherThan(String text) {
      return content != null
          && (type.equals("AUTH_ERROR") || type.equals("NOT_FOUND") || type.equals("ERROR"))
          && !content.toUtf8().equals(text);
    }

    Answer withUri(Bytes other) {
      return new Answer(type, other, content, hasHmac, hmacValid);
    }
  }
}
