package io.culvert.benchmarks.tcp;

import io.culvert.engine.ByteReader;
import io.culvert.engine.Bytes;
import io.culvert.tcp.wire.AuthPlugin;
import io.culvert.tcp.wire.AuthValue;
import io.culvert.tcp.wire.Dialect;
import io.culvert.tcp.wire.Frame;
import io.culvert.tcp.wire.FrameHmac;
import io.culvert.tcp.wire.Header;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageCodec;
import io.culvert.tcp.wire.MessageType;
import io.culvert.tcp.wire.Verdict;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does one HMAC over a body of 256 bytes cost, what everything else that a frame needs, and
 * does a forged HMAC that is right up to its last byte take longer than one that is wrong at once?
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class TcpHmacBenchmark {
  private static final Bytes NONCE = Bytes.hex("000102030405060708090a0b0c0d0e0f");
  private static final Bytes TIME = Bytes.hex("67b95840");

  /** The oldest and the newest: they differ most. */
  @Param({"n002-p02", "n009-p03"})
  public String dialect = "n002-p02";

  private final ByteReader reader = new ByteReader();
  private FrameHmac hmac = FrameHmac.of(Dialect.DEFAULT.hmac(), Sample.SECRET);
  private AuthPlugin auth = Sample.auth(Dialect.DEFAULT);
  private MessageCodec codec = MessageCodec.of(Dialect.DEFAULT);
  private Message answer = Sample.message(Dialect.DEFAULT, MessageType.RESPOND_URI);
  private Bytes frame = Bytes.EMPTY;
  private Bytes body = Bytes.EMPTY;
  private Frame wrongAtOnce = new Frame(answer, body, true);
  private Frame wrongAtTheEnd = new Frame(answer, body, true);

  @Setup
  public void prepare() {
    Dialect spoken = Dialect.find(dialect);
    if (spoken == null) {
      throw new IllegalArgumentException(dialect);
    }
    hmac = FrameHmac.of(spoken.hmac(), Sample.SECRET);
    auth = Sample.auth(spoken);
    codec = MessageCodec.of(spoken);
    answer = Sample.message(spoken, MessageType.RESPOND_URI);
    Message request = Sample.message(spoken, MessageType.REQUEST_URI);
    frame = Sample.signed(spoken, request);
    body = codec.body(request);
    wrongAtOnce = damaged(0);
    wrongAtTheEnd = damaged(FrameHmac.BYTES - 1);
  }

  @Benchmark
  public byte[] hmac() {
    return hmac.of(NONCE, TIME, body);
  }

  /** A request that is read and checked, and an answer that is signed and written: two HMACs. */
  @Benchmark
  public Bytes requestAndAnswer() {
    Frame request = read();
    if (!request.intact() || auth.check(request.message(), request.body()) != Verdict.VALID) {
      throw new IllegalStateException("not valid");
    }
    Bytes written = codec.body(answer);
    return codec.encode(auth.make(answer, written), written);
  }

  @Benchmark
  public Verdict forgedWrongAtOnce() {
    return auth.check(wrongAtOnce.message(), wrongAtOnce.body());
  }

  @Benchmark
  public Verdict forgedWrongAtTheEnd() {
    return auth.check(wrongAtTheEnd.message(), wrongAtTheEnd.body());
  }

  private Frame read() {
    reader.reset(frame.slice(0, codec.headerLength()));
    Header header = codec.header(reader);
    return codec.frame(header, frame.slice(codec.headerLength(), frame.length()));
  }

  private Frame damaged(int at) {
    Frame good = read();
    byte[] bytes = frame.toByteArray();
    Bytes right = hmacOf(good);
    for (int i = 0; i + right.length() <= bytes.length; i++) {
      if (Bytes.wrap(bytes, i, right.length()).equals(right)) {
        bytes[i + at] ^= 1;
        Bytes rest = Bytes.wrap(bytes, codec.headerLength(), bytes.length - codec.headerLength());
        reader.reset(Bytes.wrap(bytes, 0, codec.headerLength()));
        return codec.frame(codec.header(reader), rest);
      }
    }
    throw new IllegalStateException("no HMAC in the frame");
  }

  private static Bytes hmacOf(Frame frame) {
    return frame.message().auth().get("hmac") instanceof AuthValue.Octets octets
        ? octets.bytes()
        : Bytes.EMPTY;
  }
}
