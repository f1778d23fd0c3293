package io.culvert.tcp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.Wake;
import io.vertx.core.json.JsonObject;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any bytes against engine, codecs and check. In a build the seeds run, which are the recorded
 * vectors; {@code CONTRIBUTING.md} says how to let it search.
 */
class FrameFuzzTest {
  private static final Bytes SECRET = Bytes.utf8("test");

  static Stream<byte[]> streams() {
    return Stream.concat(seeds("server-exchange", "sent"), seeds("client-receive", "received"));
  }

  static Stream<byte[]> sections() {
    return Stream.concat(seeds("authfields", "encoded"), seeds("authfields-decode", "input"));
  }

  /** The first byte chooses the dialect and the size of the chunks; what follows is the stream. */
  @MethodSource("streams")
  @FuzzTest(maxDuration = "5m")
  void engineUnderstandsOrRefuses(byte[] data) {
    if (data.length == 0) {
      return;
    }
    Dialect dialect = dialect(data[0]);
    int chunk = 1 + (data[0] & 0xff) / 4;
    HmacAuth auth =
        new HmacAuth(
            Secrets.of(SECRET),
            dialect,
            () -> Bytes.hex("000102030405060708090a0b0c0d0e0f"),
            () -> 1_740_200_000L,
            null);
    ReceiveBudget budget = new ReceiveBudget(1 << 20);
    MessageCodec codec = MessageCodec.of(dialect);
    FrameEngine engine =
        new FrameEngine(codec, FrameLimits.DEFAULT, budget, new BufferPool(), Wake.NOBODY, 0);
    for (int from = 1; from < data.length; from += chunk) {
      engine.receive(Bytes.wrap(data, from, Math.min(chunk, data.length - from)));
      FrameEvent event = engine.poll(0);
      while (event != null) {
        if (event instanceof FrameEvent.Received received) {
          look(codec, auth, received.frame());
          engine.proceed();
        }
        event = engine.poll(0);
      }
    }
    engine.receiveEnd();
    FrameEvent last = engine.poll(0);
    assertThat(engine.poll(0)).isNull();
    assertThat(last == null || budget.heldBytes() == 0).isTrue();
  }

  /** Whatever is read can be written, and means the same afterwards. */
  @MethodSource("sections")
  @FuzzTest(maxDuration = "5m")
  void fieldsAreReadOrRefused(byte[] data) {
    if (data.length == 0) {
      return;
    }
    AuthFieldsCodec codec = dialect(data[0]).authFields();
    AuthFields fields;
    try {
      fields = codec.decode(Bytes.wrap(data, 1, data.length - 1));
    } catch (FrameViolation refused) {
      assertThat(refused.detail()).isNotEmpty();
      return;
    }
    Bytes written;
    try {
      written = codec.encode(fields);
    } catch (IllegalArgumentException onlyMapsAreWritten) {
      return;
    }
    assertThat(codec.decode(written)).isEqualTo(fields);
  }

  private static void look(MessageCodec codec, HmacAuth auth, Frame frame) {
    assertThat(auth.check(frame.message(), frame.body())).isNotNull();
    Message unsigned = frame.message().withAuth(AuthFields.NONE);
    Bytes body;
    try {
      body = codec.body(unsigned);
    } catch (IllegalArgumentException longerThanIsSent) {
      return;
    }
    assertThat(body).isEqualTo(frame.body());
    assertThat(auth.check(auth.make(unsigned, body), body)).isEqualTo(Verdict.VALID);
  }

  private static Dialect dialect(byte chosen) {
    return Dialect.values()[chosen & 3];
  }

  private static Stream<byte[]> seeds(String kind, String field) {
    return Vectors.of(kind)
        .filter(vector -> vector.containsKey(field)) // some could not be written by the reference
        .map(vector -> seed(Vectors.dialect(vector), vector.getJsonObject(field)))
        .filter(seed -> seed.length > 0)
        .distinct();
  }

  /** Two sizes of chunks by turns; large streams, of which only a hash was recorded, are none. */
  private static byte[] seed(Dialect dialect, JsonObject recorded) {
    String hex = recorded.getString("hex");
    if (hex == null) {
      return new byte[0];
    }
    byte[] seed = new byte[1 + hex.length() / 2];
    seed[0] = (byte) (dialect.ordinal() + (hex.length() % 4 == 0 ? 0 : 0xf8));
    Bytes.hex(hex).copyTo(seed, 1);
    return seed;
  }
}
