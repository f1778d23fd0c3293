package io.culvert.tcp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.Wake;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds for any message, any cut of the stream, and any garbage. */
class FramePropertyTest {
  @Property(tries = 300)
  void messageComesOutAsItWentIn(@ForAll Dialect dialect, @ForAll("messages") Message message) {
    assertThat(decode(dialect, MessageCodec.of(dialect).encode(message), List.of()))
        .isEqualTo(List.of(message));
  }

  @Property(tries = 300)
  void anyCutGivesTheSameMessages(
      @ForAll Dialect dialect,
      @ForAll("messages") Message first,
      @ForAll("messages") Message second,
      @ForAll List<Integer> cuts) {
    MessageCodec codec = MessageCodec.of(dialect);
    byte[] both = new byte[codec.encode(first).length() + codec.encode(second).length()];
    codec.encode(first).copyTo(both, 0);
    codec.encode(second).copyTo(both, codec.encode(first).length());
    assertThat(decode(dialect, Bytes.wrap(both), cuts)).isEqualTo(List.of(first, second));
  }

  @Property(tries = 2000)
  void garbageIsUnderstoodOrRefused(@ForAll Dialect dialect, @ForAll byte[] garbage) {
    decode(dialect, Bytes.wrap(garbage), List.of());
    for (AuthFieldsCodec codec : List.of(new Packify2(), new Packify3())) {
      try {
        AuthFields fields = codec.decode(Bytes.wrap(garbage));
        assertThat(fields.root()).isNotNull();
      } catch (FrameViolation refused) {
        assertThat(refused.detail()).isNotEmpty();
      }
    }
  }

  /** Small changes of a good frame come further than garbage. */
  @Property(tries = 2000)
  void damagedFrameIsUnderstoodOrRefused(
      @ForAll Dialect dialect, @ForAll("messages") Message message, @ForAll long seed) {
    HmacAuth auth = auth(dialect);
    MessageCodec codec = MessageCodec.of(dialect);
    byte[] frame = codec.encode(auth.make(message, codec.body(message))).toByteArray();
    Random random = new Random(seed);
    for (int i = 0; i < 3; i++) {
      frame[9 + random.nextInt(frame.length - 9)] = (byte) random.nextInt(256);
    }
    FrameEngine engine = engine(dialect);
    engine.receive(Bytes.wrap(frame));
    FrameEvent event = engine.poll(0);
    if (event instanceof FrameEvent.Received received) {
      assertThat(auth.check(received.frame().message(), received.frame().body())).isNotNull();
    }
  }

  @Property(tries = 300)
  void signedMessageIsAuthenticAndAnyOtherBodyIsNot(
      @ForAll Dialect dialect, @ForAll("messages") Message message, @ForAll int at) {
    HmacAuth auth = auth(dialect);
    Bytes body = MessageCodec.of(dialect).body(message);
    Message made = auth.make(message, body);
    assertThat(auth.check(made, body)).isEqualTo(Verdict.VALID);
    byte[] other = body.toByteArray();
    other[Math.floorMod(at, other.length)] ^= 1;
    assertThat(auth.check(made, Bytes.wrap(other))).isEqualTo(Verdict.INVALID);
  }

  @Property(tries = 300)
  void freshnessRemembersABoundedNumber(@ForAll List<Integer> times) {
    Freshness freshness = new Freshness(100, 5);
    int next = 0;
    for (int time : times) {
      Bytes hmac = Bytes.hex("%08x".formatted(next++));
      long seconds = 1000 + Math.floorMod(time, 250);
      Verdict verdict = freshness.accept(seconds, hmac, 1100);
      assertThat(freshness.remembered()).isLessThanOrEqualTo(5);
      assertThat(freshness.accept(seconds, hmac, 1100)).isNotEqualTo(Verdict.VALID);
      assertThat(verdict).isNotEqualTo(Verdict.REPLAYED);
    }
  }

  @Provide
  Arbitrary<Message> messages() {
    Arbitrary<MessageType> types =
        Arbitraries.of(MessageType.REQUEST_URI, MessageType.NOTIFY_URI, MessageType.ERROR);
    Arbitrary<Bytes> bytes =
        Arbitraries.bytes().array(byte[].class).ofMaxSize(300).map(Bytes::wrap);
    Arbitrary<Map<AuthValue, AuthValue>> fields =
        Arbitraries.maps(Arbitraries.strings().ofMaxLength(8).map(AuthValue::of), values())
            .ofMaxSize(4);
    return Combinators.combine(types, bytes, bytes, fields)
        .as(
            (type, uri, content, map) ->
                Message.of(type, uri, content)
                    .withAuth(new AuthFields(new AuthValue.Mapping(new LinkedHashMap<>(map)))));
  }

  private static Arbitrary<AuthValue> values() {
    Arbitrary<AuthValue> numbers =
        Arbitraries.longs()
            .between(0, 0xffff_ffffL)
            .map(number -> new AuthValue.Whole(BigInteger.valueOf(number)));
    Arbitrary<AuthValue> octets =
        Arbitraries.bytes()
            .array(byte[].class)
            .ofMaxSize(40)
            .map(bytes -> AuthValue.of(Bytes.wrap(bytes)));
    Arbitrary<AuthValue> texts = Arbitraries.strings().ofMaxLength(20).map(AuthValue::of);
    return Arbitraries.oneOf(numbers, octets, texts, Arbitraries.of(AuthValue.NOTHING));
  }

  private static List<Message> decode(Dialect dialect, Bytes stream, List<Integer> cuts) {
    FrameEngine engine = engine(dialect);
    List<Message> messages = new ArrayList<>();
    List<Integer> ends = new ArrayList<>(cuts.stream().map(c -> at(c, stream)).sorted().toList());
    ends.add(stream.length());
    int from = 0;
    for (int end : ends) {
      engine.receive(stream.slice(from, end));
      from = end;
      FrameEvent event = engine.poll(0);
      while (event != null) {
        if (event instanceof FrameEvent.Received received) {
          messages.add(received.frame().message());
          engine.proceed();
        }
        event = engine.poll(0);
      }
    }
    return messages;
  }

  private static int at(int cut, Bytes stream) {
    return Math.floorMod(cut, stream.length() + 1);
  }

  private static FrameEngine engine(Dialect dialect) {
    return new FrameEngine(
        MessageCodec.of(dialect), FrameLimits.DEFAULT, new BufferPool(), Wake.NOBODY, 0);
  }

  private static HmacAuth auth(Dialect dialect) {
    return new HmacAuth(
        Secrets.of(Bytes.utf8("a secret of properties")),
        dialect,
        () -> Bytes.hex("000102030405060708090a0b0c0d0e0f"),
        () -> 1_740_200_000L,
        null);
  }
}
