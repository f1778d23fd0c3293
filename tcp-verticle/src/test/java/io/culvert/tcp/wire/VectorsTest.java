package io.culvert.tcp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.ByteReader;
import io.culvert.engine.Bytes;
import io.vertx.core.json.JsonObject;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The recorded vectors, one test each; those of whole connections are in other tests. */
class VectorsTest {
  private static final Bytes NONCE = Bytes.hex("101112131415161718191a1b1c1d1e1f");

  /** Which test proves which kind; {@code ExchangeVectorsTest} has the last two. */
  private static final Set<String> KINDS =
      Set.of(
          "authfields",
          "authfields-decode",
          "header",
          "header-encode-bad",
          "header-decode",
          "body",
          "body-decode",
          "body-prepare",
          "message",
          "message-decode",
          "error-message",
          "keys",
          "hmac",
          "hmac-primitive",
          "check",
          "quirk",
          "server-exchange",
          "client-receive");

  @Test
  void everyKindOfVectorHasATest() {
    Set<String> kinds = new HashSet<>();
    Vectors.all().forEach(vector -> kinds.add(vector.getString("kind")));
    assertThat(kinds).isEqualTo(KINDS);
    assertThat(Vectors.count()).isEqualTo(1034);
  }

  @TestFactory
  Stream<DynamicTest> authFields() {
    return tests(
        "authfields",
        vector -> {
          boolean array = Vectors.name(vector).equals("bytearray");
          AuthFields fields = new AuthFields(Vectors.value(vector.getValue("value"), array));
          AuthFieldsCodec codec = Vectors.dialect(vector).authFields();
          if (vector.containsKey("encode_error")) {
            assertThatThrownBy(() -> codec.encode(fields))
                .isInstanceOf(IllegalArgumentException.class);
            return;
          }
          Bytes encoded = codec.encode(fields);
          assertEncoded(encoded, vector.getJsonObject("encoded"));
          assertThat(codec.decode(encoded)).isEqualTo(fields);
        });
  }

  @TestFactory
  Stream<DynamicTest> authFieldsThatArrive() {
    return tests(
        "authfields-decode",
        vector -> {
          Bytes input = Vectors.bytes(vector.getValue("input"));
          AuthFieldsCodec codec = Vectors.dialect(vector).authFields();
          if (vector.containsKey("decode_error")
              || Oddities.UNKNOWN_TYPE_REFUSED.contains(Vectors.name(vector))) {
            assertThatThrownBy(() -> codec.decode(input)).isInstanceOf(FrameViolation.class);
          } else {
            assertThat(codec.decode(input).root())
                .isEqualTo(Vectors.value(vector.getValue("decoded"), false));
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> headers() {
    return tests(
        "header",
        vector -> {
          JsonObject fields = vector.getJsonObject("fields");
          PlainHeader codec = new PlainHeader(Vectors.dialect(vector).types());
          Header header =
              new Header(
                  codec.types().find(fields.getInteger("message_type")),
                  fields.getInteger("auth_length"),
                  fields.getInteger("body_length"),
                  fields.getLong("checksum"));
          byte[] encoded = new byte[PlainHeader.LENGTH];
          codec.encode(header, encoded, 0);
          assertEncoded(Bytes.wrap(encoded), vector.getJsonObject("encoded"));
          assertThat(codec.decode(reader(Bytes.wrap(encoded)))).isEqualTo(header);
        });
  }

  @TestFactory
  Stream<DynamicTest> headersThatCannotBeSent() {
    return tests(
        "header-encode-bad",
        vector ->
            assertThatThrownBy(
                    () -> {
                      switch (Vectors.name(vector)) {
                        case "auth-65536" -> new Header(MessageType.OK, 65536, 0, 0);
                        case "body-65536" -> new Header(MessageType.OK, 0, 65536, 0);
                        case "checksum-2^32" -> new Header(MessageType.OK, 0, 0, 1L << 32);
                        case "negative" -> new Header(MessageType.OK, 0, -1, 0);
                        default -> throw new AssertionError(vector.encode());
                      }
                    })
                .isInstanceOf(IllegalArgumentException.class));
  }

  @TestFactory
  Stream<DynamicTest> headersThatArrive() {
    return tests(
        "header-decode",
        vector -> {
          PlainHeader codec = new PlainHeader(Vectors.dialect(vector).types());
          ByteReader reader = reader(Vectors.bytes(vector.getValue("input")));
          if (vector.containsKey("decoded")) {
            JsonObject decoded = vector.getJsonObject("decoded");
            assertThat(codec.decode(reader))
                .isEqualTo(
                    new Header(
                        codec.types().find(decoded.getString("message_type")),
                        decoded.getInteger("auth_length"),
                        decoded.getInteger("body_length"),
                        decoded.getLong("checksum")));
          } else if (vector.containsKey("decoded_type")) {
            assertThat(codec.decode(reader).type().name())
                .isEqualTo(vector.getString("decoded_type"));
          } else {
            assertThatThrownBy(() -> codec.decode(reader))
                .isInstanceOfAny(FrameViolation.class, ByteReader.Truncated.class);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> bodies() {
    return tests(
        "body",
        vector -> {
          Bytes uri = Vectors.bytes(vector.getValue("uri"));
          Bytes content = Vectors.bytes(vector.getValue("content"));
          assertThat(uri.length()).isEqualTo(vector.getInteger("uri_length"));
          Dialect dialect = Vectors.dialect(vector);
          BodyCodec codec = new PlainBody(dialect.uriLengthBytes(), 65_535);
          Bytes encoded = codec.encode(uri, content);
          assertEncoded(encoded, vector.getJsonObject("encoded"));
          assertThat(codec.decode(encoded)).isEqualTo(new BodyCodec.Body(uri, content));
          MessageCodec messages = MessageCodec.of(dialect);
          if (uri.length() + content.length() <= dialect.maximumUriAndContentBytes()) {
            Bytes frame = messages.encode(Message.of(MessageType.OK, uri, content));
            ByteReader reader = reader(frame);
            assertThat(messages.header(reader).checksum()).isEqualTo(vector.getLong("crc32"));
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> bodiesThatArrive() {
    return tests(
        "body-decode",
        vector -> {
          BodyCodec codec = PlainBody.of(Vectors.dialect(vector));
          Bytes input = Vectors.bytes(vector.getValue("input"));
          if (vector.containsKey("decode_error")) {
            assertThatThrownBy(() -> codec.decode(input)).isInstanceOf(FrameViolation.class);
          } else {
            JsonObject decoded = vector.getJsonObject("decoded");
            assertThat(codec.decode(input))
                .isEqualTo(
                    new BodyCodec.Body(
                        Bytes.hex(decoded.getString("uri")),
                        Bytes.hex(decoded.getString("content"))));
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> lengthsOfBodies() {
    return tests(
        "body-prepare",
        vector -> {
          String name = Vectors.name(vector);
          int length = Integer.parseInt(name.substring(name.indexOf('=') + 1));
          BodyCodec codec = PlainBody.of(Vectors.dialect(vector));
          if (vector.getBoolean("ok")) {
            assertThat(codec.encode(Bytes.EMPTY, Vectors.pattern(length)).length())
                .isGreaterThan(length);
          } else {
            assertThatThrownBy(() -> codec.encode(Bytes.EMPTY, Vectors.pattern(length)))
                .isInstanceOf(IllegalArgumentException.class);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> messages() {
    return tests(
        "message",
        vector -> {
          Dialect dialect = Vectors.dialect(vector);
          // The reference writes longer bodies than it lets an application prepare.
          MessageCodec codec =
              MessageCodec.of(
                  new PlainHeader(dialect.types()),
                  dialect.authFields(),
                  new PlainBody(dialect.uriLengthBytes(), 65_535));
          Bytes content =
              vector.containsKey("content_mod251_len")
                  ? Vectors.pattern(vector.getInteger("content_mod251_len"))
                  : Vectors.bytes(vector.getValue("content"));
          Bytes uri = Vectors.bytes(vector.getValue("uri"));
          if (vector.containsKey("encode_error")) {
            assertThatThrownBy(() -> codec.encode(Message.of(MessageType.OK, uri, content)))
                .isInstanceOf(IllegalArgumentException.class);
            return;
          }
          Message message =
              Message.of(dialect.types().find(vector.getInteger("type")), uri, content);
          JsonObject auth = vector.getJsonObject("auth");
          if (auth != null && !auth.isEmpty()) {
            message = message.withAuth(new AuthFields(Vectors.value(auth, false)));
          }
          Bytes encoded = codec.encode(message);
          assertEncoded(encoded, vector.getJsonObject("encoded"));
          assertThat(frame(codec, encoded).message()).isEqualTo(message);
          assertThat(frame(codec, encoded).intact()).isTrue();
        });
  }

  /** The reference of 0.0.2 cannot read its own messages this way; its servers do not try. */
  @TestFactory
  Stream<DynamicTest> ownMessagesAreUnderstood() {
    return tests(
        "message-decode",
        vector -> {
          MessageCodec codec = MessageCodec.of(Vectors.dialect(vector));
          Message message = Message.of(MessageType.PUBLISH_URI, "echo", "hello");
          assertThat(frame(codec, codec.encode(message)).message()).isEqualTo(message);
        });
  }

  @TestFactory
  Stream<DynamicTest> errorMessages() {
    return tests(
        "error-message",
        vector -> {
          Dialect dialect = Vectors.dialect(vector);
          Message message =
              vector.containsKey("arg")
                  ? dialect.error(vector.getString("arg"))
                  : auth(dialect, Bytes.utf8("test")).error();
          assertThat(message.type().code()).isEqualTo(vector.getInteger("type"));
          assertThat(message.type().name()).isEqualTo(vector.getString("type_name"));
          assertThat(message.uri().toUtf8()).isEqualTo(vector.getString("uri"));
          assertThat(message.content().toUtf8()).isEqualTo(vector.getString("content"));
          if (vector.containsKey("encoded")) {
            assertEncoded(
                MessageCodec.of(dialect).encode(message), vector.getJsonObject("encoded"));
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> hmacs() {
    return tests(
        "hmac",
        vector -> {
          Dialect dialect = Vectors.dialect(vector);
          long seconds = vector.getLong("ts");
          if (vector.containsKey("error")) {
            assertTimeIsNeitherSignedNorTaken(dialect, seconds);
            return;
          }
          HmacAuth auth = auth(dialect, Bytes.hex(vector.getString("secret_hex")));
          Message message =
              Message.of(
                      MessageType.PUBLISH_URI,
                      Vectors.bytes(vector.getValue("uri")),
                      Vectors.bytes(vector.getValue("content")))
                  .withAuth(
                      AuthFields.NONE
                          .with("nonce", AuthValue.of(Bytes.hex(vector.getString("nonce"))))
                          .with("ts", AuthValue.of(seconds)));
          MessageCodec codec = MessageCodec.of(dialect);
          Bytes body = codec.body(message);
          Message made = auth.make(message, body);
          assertThat(((AuthValue.Octets) made.auth().get("hmac")).bytes().toHex())
              .isEqualTo(vector.getString("hmac"));
          if (vector.containsKey("encoded")) {
            assertEncoded(codec.encode(made, body), vector.getJsonObject("encoded"));
          }
          assertThat(auth.check(made, body) == Verdict.VALID).isEqualTo(vector.getBoolean("check"));
        });
  }

  /** The reference fails at a time beyond 32 bits. */
  private static void assertTimeIsNeitherSignedNorTaken(Dialect dialect, long seconds) {
    HmacAuth auth = auth(dialect, Bytes.utf8("test"));
    AuthValue time = AuthValue.of(seconds);
    Message message =
        Message.of(MessageType.PUBLISH_URI, "echo", "hello")
            .withAuth(AuthFields.NONE.with("ts", time));
    Bytes body = MessageCodec.of(dialect).body(message);
    Message made = auth.make(message, body);
    assertThat(auth.check(made, body)).isEqualTo(Verdict.VALID);
    assertThat(secondsOf(made.auth())).isEqualTo(Bytes.hex("67b95840")); // now
    assertThat(auth.check(made.withAuth(made.auth().with("ts", time)), body))
        .isEqualTo(Verdict.MALFORMED);
  }

  @TestFactory
  Stream<DynamicTest> keyDerivation() {
    return tests(
        "hmac-primitive",
        vector -> {
          HmacScheme scheme = Vectors.dialect(vector).hmac();
          Bytes key = Bytes.hex(vector.getString("sha256_of_secret"));
          Bytes time = Bytes.hex("67b95840");
          Bytes body = Vectors.pattern(32);
          String expected =
              switch (scheme) {
                case H2 -> macOf(key, NONCE, time, body);
                case H9 -> {
                  String parts = sha256(key) + sha256(NONCE) + sha256(Bytes.utf8("mac"));
                  yield macOf(Bytes.hex(sha256(Bytes.hex(parts))), time, body);
                }
              };
          FrameHmac hmac = FrameHmac.of(scheme, Bytes.utf8(vector.getString("secret")));
          assertThat(Bytes.wrap(hmac.of(NONCE, time, body)).toHex()).isEqualTo(expected);
        });
  }

  /** As docs/tcp-wire.md has it, from the key on. */
  private static String macOf(Bytes key, Bytes... parts) {
    StringBuilder inner = new StringBuilder();
    StringBuilder outer = new StringBuilder();
    for (int i = 0; i < 136; i++) {
      int octet = i < key.length() ? key.get(i) & 0xff : 0;
      inner.append("%02x".formatted(octet ^ 0x36));
      outer.append("%02x".formatted(octet ^ 0x5c));
    }
    for (Bytes part : parts) {
      inner.append(part.toHex());
    }
    return sha256(Bytes.hex(outer + sha256(Bytes.hex(inner.toString()))));
  }

  @TestFactory
  Stream<DynamicTest> checks() {
    return tests(
        "check",
        vector -> {
          Dialect dialect = Vectors.dialect(vector);
          if (Vectors.name(vector).equals("message-type-not-covered")) {
            MessageCodec codec = MessageCodec.of(dialect);
            Frame altered = frame(codec, Bytes.hex(vector.getString("altered")));
            assertThat(altered.intact()).isTrue();
            assertThat(auth(dialect, Bytes.utf8("test")).check(altered.message(), altered.body()))
                .isEqualTo(Verdict.VALID);
            return;
          }
          AuthFields fields = new AuthFields(Vectors.value(vector.getValue("auth"), false));
          Bytes body = Vectors.bytes(vector.getValue("body"));
          Message message =
              Message.of(MessageType.REQUEST_URI, Bytes.EMPTY, Bytes.EMPTY).withAuth(fields);
          Bytes secret = Bytes.hex(vector.getString("secret_hex"));
          Verdict verdict = auth(dialect, secret).check(message, body);
          Object result = vector.getValue("result");
          if (result instanceof String raised) {
            assertThat(raised).startsWith("raises");
            assertThat(verdict).isEqualTo(Verdict.MALFORMED);
          } else if (Oddities.refusesCheck(vector)) {
            assertThat(result).isEqualTo(true);
            assertThat(verdict).isEqualTo(Verdict.INVALID);
            assertHmacIsRight(dialect, secret, fields, body);
          } else {
            assertThat(verdict == Verdict.VALID).isEqualTo(result);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> whatIsKeptOfGivenFields() {
    return tests(
        "quirk",
        vector -> {
          Dialect dialect = Vectors.dialect(vector);
          if (Vectors.name(vector).equals("default-auth-shared")) {
            Message first = Message.of(MessageType.OK, "a");
            Message second = Message.of(MessageType.OK, "b");
            HmacAuth auth = new CountingAuth().of(dialect, Bytes.utf8("test"));
            MessageCodec codec = MessageCodec.of(dialect);
            assertThat(auth.make(first, codec.body(first)).auth().get("nonce"))
                .isNotEqualTo(auth.make(second, codec.body(second)).auth().get("nonce"));
            return;
          }
          Message given =
              Message.of(MessageType.OK, "a")
                  .withAuth(
                      AuthFields.NONE
                          .with("nonce", AuthValue.of(Bytes.hex("0102")))
                          .with("ts", AuthValue.of(7)));
          Message made =
              auth(dialect, Bytes.utf8("test")).make(given, MessageCodec.of(dialect).body(given));
          assertThat(((AuthValue.Octets) made.auth().get("nonce")).bytes().length())
              .isEqualTo(vector.getInteger("nonce_len"));
          assertThat(made.auth().get("ts")).isEqualTo(Vectors.value(vector.getValue("ts"), false));
        });
  }

  private static void assertHmacIsRight(
      Dialect dialect, Bytes secret, AuthFields fields, Bytes body) {
    byte[] mac =
        FrameHmac.of(dialect.hmac(), secret)
            .of(((AuthValue.Octets) fields.get("nonce")).bytes(), secondsOf(fields), body);
    assertThat(Bytes.wrap(mac)).isEqualTo(((AuthValue.Octets) fields.get("hmac")).bytes());
  }

  /** The time as the HMAC takes it, also where its length is not ours. */
  private static Bytes secondsOf(AuthFields fields) {
    AuthValue time = fields.get("ts");
    return time instanceof AuthValue.Octets octets
        ? octets.bytes()
        : Bytes.hex("%08x".formatted(((AuthValue.Whole) time).value().longValue()));
  }

  private static HmacAuth auth(Dialect dialect, Bytes secret) {
    return new HmacAuth(Secrets.of(secret), dialect, () -> NONCE, () -> 1_740_200_000L, null);
  }

  private static Frame frame(MessageCodec codec, Bytes encoded) {
    ByteReader reader = reader(encoded);
    Header header = codec.header(reader);
    return codec.frame(header, reader.takeRest());
  }

  private static ByteReader reader(Bytes bytes) {
    ByteReader reader = new ByteReader();
    reader.reset(bytes);
    return reader;
  }

  private static void assertEncoded(Bytes encoded, JsonObject expected) {
    if (expected.containsKey("hex")) {
      assertThat(encoded.toHex()).isEqualTo(expected.getString("hex"));
    }
    assertThat(encoded.length()).isEqualTo(expected.getInteger("len"));
    assertThat(sha256(encoded)).isEqualTo(expected.getString("sha256"));
  }

  private static String sha256(Bytes bytes) {
    try {
      return Bytes.wrap(MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray())).toHex();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static Stream<DynamicTest> tests(String kind, Consumer<JsonObject> test) {
    return Vectors.of(kind)
        .map(vector -> DynamicTest.dynamicTest(vector.getString("id"), () -> test.accept(vector)));
  }

  /** Nonces that count up. */
  private static final class CountingAuth {
    private int next;

    HmacAuth of(Dialect dialect, Bytes secret) {
      return new HmacAuth(
          Secrets.of(secret),
          dialect,
          () -> Bytes.hex("%032x".formatted(++next)),
          () -> 1_740_200_000L,
          null);
    }
  }
}
