package io.culvert.conformance.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.broker.Await;
import io.culvert.conformance.broker.CulvertProcess;
import io.culvert.engine.Bytes;
import io.culvert.tcp.SharedSecret;
import io.culvert.tcp.TcpVerticle;
import io.culvert.tcp.wire.AuthPlugin;
import io.culvert.tcp.wire.AuthValue;
import io.culvert.tcp.wire.Dialect;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageCodec;
import io.culvert.tcp.wire.MessageType;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What strangers and recorders send to the TCP message service of a process with little heap. */
class TcpBadInputIT {
  private static final Dialect DIALECT = Dialect.N009_P03;
  private static final MessageCodec CODEC = MessageCodec.of(DIALECT);
  private static final String SECRET = "the secret of these tests";
  private static final Message NEWS = Message.of(MessageType.PUBLISH_URI, "news", "x");
  private static final int FLOOD = 600;

  private static Vertx vertx;
  private static CulvertProcess process;
  private static int port;

  @TempDir static Path folder;

  private TcpBystander bystander;

  @BeforeAll
  static void start() throws Exception {
    vertx = Vertx.vertx();
    writeSecrets(SECRET);
    process = service("tcp-bad-inputs");
    port = port(process);
  }

  @AfterAll
  static void stop() {
    process.close();
    await(vertx.close());
  }

  @BeforeEach
  void join() {
    bystander = TcpBystander.join(vertx, port, DIALECT, plugin());
  }

  @AfterEach
  void bystanderIsWell() {
    bystander.isWell();
    bystander.leave();
  }

  /** Rows: what is wrong, the authentication fields, the body. */
  @BadInput(103)
  @ParameterizedTest
  @CsvSource({
    "the authentication fields end, '', 0001 61",
    "the body has 0 bytes, 4d4000, ''",
    "the body has 1 bytes, 4d4000, 00",
    "the URI shall have 65535 bytes, 4d4000, ffff 61",
    "the URI shall have 2 bytes, 4d4000, 0002 61",
    "of which, c1ffffffff, 0001 61",
    "of which, c17fffffff, 0001 61",
    "of which, 4105 00, 0001 61"
  })
  void lengthThatLiesEndsTheConnectionWithAReason(String why, String auth, String body)
      throws IOException {
    try (TcpOffender offender = offender()) {
      offender.send(frame(auth, body)).isRefused(why);
    }
  }

  @BadInput(103)
  @ParameterizedTest
  @CsvSource({"cd407fffffff", "cdc0ffffffff", "8d40ffff", "4d407f", "4d4003ffffff"})
  void containerThatLiesAboutItsItemsIsRefused(String auth) throws IOException {
    try (TcpOffender offender = offender()) {
      offender.send(frame(auth, "000161")).isRefused("");
    }
  }

  @BadInput(103)
  @Test
  void lessThanWasPromisedIsNotWaitedForAndMoreIsTheNextHeader() throws IOException {
    Bytes signed = signed(plugin(), NEWS);
    try (TcpOffender less = offender();
        TcpOffender more = offender()) {
      less.send(signed.slice(0, signed.length() - 1));
      more.send(signed).send(Bytes.hex("ffffffffffffffffff"));
      assertThat(more.answer(MessageType.OK).content().toUtf8()).isEqualTo("0");
      more.isRefused("message type 255 is not known");
      less.isRefused("a frame was not complete after 1000 ms");
    }
  }

  /** Together they would need more than there is. */
  @BadInput(103)
  @Test
  void manyHalfFramesMakeRoomForOneAnother() throws IOException {
    Bytes half = Bytes.wrap(new byte[60_000]);
    List<TcpOffender> offenders = new ArrayList<>();
    try {
      for (int i = 0; i < FLOOD; i++) {
        offenders.add(offender().send(Bytes.hex("07" + "fff0" + "fff0" + "00000000")).send(half));
      }
      offenders.get(0).isRefused("all connections together");
    } finally {
      for (TcpOffender offender : offenders) {
        offender.close();
      }
    }
  }

  @BadInput(104)
  @Test
  void whatIsNotSignedAsItShouldIsRefusedUntilItIsTooMuch() throws IOException {
    Message good = made(plugin(), NEWS);
    Bytes right = ((AuthValue.Octets) good.auth().get("hmac")).bytes();
    byte[] almost = right.toByteArray();
    almost[31] ^= 1;
    List<Bytes> wrong =
        List.of(
            Bytes.wrap(almost),
            Bytes.wrap(new byte[32]),
            right.slice(0, 31),
            right.slice(0, 16),
            Bytes.EMPTY,
            Bytes.wrap(new byte[64]));
    try (TcpOffender offender = offender()) {
      for (Bytes hmac : wrong) {
        offender.send(with(good, "hmac", AuthValue.of(hmac))).isDistrusted();
      }
      offender.send(NEWS).isDistrusted();
      offender.send(with(good, "nonce", AuthValue.of(Bytes.hex("00")))).isDistrusted();
      offender.send(made(SharedSecret.of("the secret of other people", DIALECT), NEWS));
      offender.isDistrusted();
      offender.send(good).answer(MessageType.OK); // which nobody has spoiled
      offender.send(NEWS).isDistrusted();
      assertThat(offender.next()).as("the tenth").isNull();
    }
  }

  @BadInput(105)
  @Test
  void recordedMessageIsTakenOnce() throws Exception {
    AuthPlugin honest = plugin();
    Bytes first = signed(honest, NEWS);
    Bytes second = signed(honest, NEWS);
    try (TcpOffender same = offender();
        TcpOffender other = offender()) {
      same.send(second).answer(MessageType.OK); // in another order: each has come once
      same.send(first).answer(MessageType.OK);
      same.send(first).isDistrusted();
      other.send(second).isDistrusted();
    }
    try (TcpOffender again = offender()) {
      again.send(first).isDistrusted();
    }
    long recordedSeconds = Instant.now().getEpochSecond();
    Bytes recorded;
    try (CulvertProcess before = service("tcp-bad-inputs-before");
        TcpOffender offender = new TcpOffender(port(before), CODEC)) {
      recorded = signed(honest, NEWS);
      offender.send(recorded).answer(MessageType.OK);
    }
    untilAfter(recordedSeconds);
    try (CulvertProcess after = service("tcp-bad-inputs-after");
        TcpOffender offender = new TcpOffender(port(after), CODEC)) {
      offender.send(recorded).isDistrusted();
      offender.send(signed(honest, NEWS)).answer(MessageType.OK);
    }
  }

  @BadInput(106)
  @Test
  void timeOutsideOfTheWindowAndOwnFramesAreRefused() throws IOException {
    AuthPlugin honest = plugin();
    try (TcpOffender offender = offender()) {
      for (long seconds : new long[] {0, 1, now() - 400, now() + 400, 0xffff_ffffL}) {
        offender.send(signed(honest, with(NEWS, "ts", time(seconds)))).isDistrusted();
      }
      offender.send(signed(honest, Message.of(MessageType.SUBSCRIBE_URI, "news")));
      Message confirmed = offender.answer(MessageType.CONFIRM_SUBSCRIBE);
      offender.send(confirmed).isDistrusted();
      offender.send(new Message(NEWS.type(), confirmed.uri(), Bytes.EMPTY, confirmed.auth()));
      offender.isDistrusted();
    }
  }

  /** Also where peers sign all with one time, so that there is no window. */
  @BadInput(106)
  @ParameterizedTest
  @EnumSource(Dialect.class)
  void ownFramesAreRefusedInEveryDialect(Dialect dialect) throws IOException {
    MessageCodec codec = MessageCodec.of(dialect);
    AuthPlugin honest = SharedSecret.of(SECRET, dialect);
    Message subscribe = Message.of(MessageType.SUBSCRIBE_URI, "news");
    String deployed = "own-" + dialect.id();
    try (TcpOffender offender = new TcpOffender(deploy(vertx, deployed, dialect), codec)) {
      offender.send(codec.encode(honest.make(subscribe, codec.body(subscribe))));
      offender.send(offender.answer(MessageType.CONFIRM_SUBSCRIBE)).isDistrusted();
    }
  }

  @BadInput(107)
  @Test
  void secretsChangeWhileConnectionsLive() throws Exception {
    String next = "the next secret of these tests";
    AuthPlugin old = plugin();
    AuthPlugin newer = SharedSecret.of(next, DIALECT);
    try (TcpOffender peer = offender()) {
      peer.send(signed(old, NEWS)).answer(MessageType.OK);
      peer.send(signed(newer, NEWS)).isDistrusted();
      // Signs with the old one, and takes the next one already.
      writeSecrets(SECRET, "until " + inAnHour() + " " + next);
      untilAccepted(newer);
      peer.send(signed(newer, NEWS)).answer(MessageType.OK);
      peer.send(signed(old, NEWS)).answer(MessageType.OK);
      writeSecrets("short"); // nobody is locked out by a mistake
      process.awaitLines("stay as they were read before", 1);
      peer.send(signed(newer, NEWS)).answer(MessageType.OK);
      writeSecrets(SECRET, "until 2001-01-01T00:00:00Z " + next);
      untilRefused(newer);
      peer.send(signed(old, NEWS)).answer(MessageType.OK);
    } finally {
      writeSecrets(SECRET);
      process.newComplaints(); // the mistake is logged as an error
    }
  }

  @BadInput(107)
  @ParameterizedTest
  @EnumSource(
      value = Dialect.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"N009_P03"})
  void olderDialectIsNotSpokenInstead(Dialect older) throws IOException {
    MessageCodec codec = MessageCodec.of(older);
    AuthPlugin auth = SharedSecret.of(SECRET, older);
    try (TcpOffender offender = offender()) {
      offender.send(codec.encode(auth.make(NEWS, codec.body(NEWS))));
      Message answer = offender.next();
      assertThat(answer).isNotNull();
      assertThat(answer.type()).isIn(MessageType.ERROR, MessageType.AUTH_ERROR);
    }
  }

  @BadInput(108)
  @Test
  void nothingIsUnpackedThatIsNotOfTheWire() throws Exception {
    try (TcpOffender offender = offender()) { // a packed object of a Python class
      offender.send(frame("54 05 4d6f64756c", "000161")).isRefused("20");
    }
    ByteArrayOutputStream zeros = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(zeros)) {
      zip.write(new byte[40_000_000]);
    }
    Bytes bomb = Bytes.wrap(zeros.toByteArray());
    AuthPlugin honest = plugin();
    try (TcpOffender peer = offender()) {
      peer.send(signed(honest, Message.of(MessageType.SUBSCRIBE_URI, "zip")));
      peer.answer(MessageType.CONFIRM_SUBSCRIBE);
      peer.send(signed(honest, Message.of(MessageType.PUBLISH_URI, Bytes.utf8("zip"), bomb)));
      assertThat(peer.answer(MessageType.NOTIFY_URI).content()).isEqualTo(bomb);
    }
  }

  /** Counted and not timed: who floods without the secret is not worth one HMAC a connection. */
  @BadInput(109)
  @ParameterizedTest
  @EnumSource(Dialect.class)
  void floodOfStrangersCostsLessThanAnHmacEach(Dialect dialect) throws IOException {
    MessageCodec codec = MessageCodec.of(dialect);
    AuthPlugin stranger = SharedSecret.of("the secret of other people", dialect);
    Vertx own = Vertx.vertx(); // whose event bus knows this service alone
    int flooded = deploy(own, "flood", dialect);
    Bytes unsigned = codec.encode(NEWS);
    for (int i = 0; i < FLOOD; i++) {
      Bytes garbage = Bytes.utf8("GET / HTTP/1.1\r\n\r\n");
      Bytes forged = codec.encode(stranger.make(NEWS, codec.body(NEWS)));
      Bytes sent = List.of(unsigned, forged, garbage, Bytes.EMPTY).get(i % 4);
      try (TcpOffender offender = new TcpOffender(flooded, codec)) {
        offender.send(sent);
        if (sent != Bytes.EMPTY) {
          Message answer = offender.next();
          assertThat(answer == null || answer.type().isError()).isTrue();
        }
      } catch (IOException closed) {
        assertThat(i).as("the address is kept out").isGreaterThan(100);
      }
    }
    JsonObject counters =
        await(own.eventBus().<JsonObject>request("culvert.tcp.status", new JsonObject()))
            .body()
            .getJsonObject("counters");
    await(own.close());
    assertThat(counters.getLong("hmacs")).isLessThan(FLOOD / 10);
    assertThat(counters.getLong("refused")).isGreaterThan(FLOOD / 4);
  }

  private static TcpOffender offender() throws IOException {
    return new TcpOffender(port, CODEC);
  }

  private static CulvertProcess service(String name) {
    return CulvertProcess.start(
        name,
        List.of("-Xmx64m", "-XX:+UseSerialGC"),
        List.of(
            "--tcp-port",
            "0",
            "--set",
            "tcp.dialect=" + DIALECT.id(),
            "--set",
            "tcp.secret-file=" + secrets(),
            "--set",
            "tcp.frame-seconds=1",
            "--set",
            "tcp.reload-seconds=1",
            "--set",
            "tcp.failures-per-address=1000000"));
  }

  private static int port(CulvertProcess service) {
    String ready = service.awaitLines("ready ", 1).get(0);
    return URI.create(ready.substring(ready.indexOf("tcp://")).split(" ")[0]).getPort();
  }

  /** In this process, where the event bus tells what it has done. */
  private static int deploy(Vertx vertx, String name, Dialect dialect) {
    JsonObject tcp =
        new JsonObject()
            .put("port", 0)
            .put("dialect", dialect.id())
            .put("secret-file", secrets().toString());
    await(
        vertx.deployVerticle(
            TcpVerticle::new,
            new DeploymentOptions()
                .setConfig(new JsonObject().put("tcp", tcp).put("deployment", name))));
    Object bound =
        vertx.sharedData().getLocalMap("culvert.listeners." + name).keySet().iterator().next();
    return URI.create(bound.toString()).getPort();
  }

  private static Path secrets() {
    return folder.resolve("secrets").toAbsolutePath();
  }

  private static void writeSecrets(String... lines) throws IOException {
    Path written = Files.write(folder.resolve("secrets.new"), List.of(lines));
    Files.move(written, secrets(), StandardCopyOption.REPLACE_EXISTING);
  }

  private static AuthPlugin plugin() {
    return SharedSecret.of(SECRET, DIALECT);
  }

  private static Message made(AuthPlugin auth, Message message) {
    return auth.make(message, CODEC.body(message));
  }

  private static Bytes signed(AuthPlugin auth, Message message) {
    return CODEC.encode(made(auth, message));
  }

  private static Message with(Message message, String field, AuthValue value) {
    return message.withAuth(message.auth().with(field, value));
  }

  /** A header that says the truth of these two, and both of them. */
  private static Bytes frame(String auth, String body) {
    String authHex = auth.replace(" ", "");
    String bodyHex = body.replace(" ", "");
    CRC32 checksum = new CRC32();
    checksum.update(Bytes.hex(bodyHex).toByteArray());
    return Bytes.hex(
        "07%04x%04x%08x".formatted(authHex.length() / 2, bodyHex.length() / 2, checksum.getValue())
            + authHex
            + bodyHex);
  }

  private static AuthValue time(long seconds) {
    return AuthValue.of(Bytes.hex("%08x".formatted(seconds)));
  }

  private static void untilAccepted(AuthPlugin auth) throws IOException {
    untilAnswered(auth, MessageType.OK);
  }

  private static void untilRefused(AuthPlugin auth) throws IOException {
    untilAnswered(auth, MessageType.AUTH_ERROR);
  }

  /** The service reads its files in its own time. */
  private static void untilAnswered(AuthPlugin auth, MessageType wanted) throws IOException {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Await.LIMIT.toMillis());
    MessageType answered = null;
    while (!wanted.equals(answered)) {
      assertThat(System.nanoTime()).as("secrets are read again").isLessThan(until);
      try (TcpOffender asks = offender()) {
        answered = asks.send(signed(auth, NEWS)).next().type();
      }
    }
  }

  private static void untilAfter(long seconds) {
    while (now() <= seconds + 1) {
      Thread.onSpinWait();
    }
  }

  private static long now() {
    return Instant.now().getEpochSecond();
  }

  private static Instant inAnHour() {
    return Instant.now().plus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS);
  }

  private static <T> T await(Future<T> future) {
    return Await.result("a future", future.toCompletionStage());
  }
}
