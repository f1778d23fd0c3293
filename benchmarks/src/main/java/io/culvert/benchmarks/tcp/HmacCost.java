package io.culvert.benchmarks.tcp;

import io.culvert.engine.Bytes;
import io.culvert.tcp.wire.Dialect;
import io.culvert.tcp.wire.FrameHmac;
import io.culvert.tcp.wire.MessageCodec;
import io.culvert.tcp.wire.MessageType;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * CPU of one bare HMAC over a body of 256 bytes, by the clock of its thread: comparable with the
 * CPU of servers on a machine that does something else, too. {@link TcpHmacBenchmark} tells the
 * same in time, on a quiet one.
 */
final class HmacCost {
  private static final int ROUNDS = 10;
  private static final int HMACS = 300_000;
  private static final Bytes NONCE = Bytes.hex("000102030405060708090a0b0c0d0e0f");
  private static final Bytes TIME = Bytes.hex("67b95840");

  private HmacCost() {}

  /** That of the best round, in microseconds. */
  static double micros(Dialect dialect) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    FrameHmac hmac = FrameHmac.of(dialect.hmac(), Sample.SECRET);
    Bytes body = MessageCodec.of(dialect).body(Sample.message(dialect, MessageType.REQUEST_URI));
    double best = Double.MAX_VALUE;
    int used = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long before = threads.getCurrentThreadCpuTime();
      for (int i = 0; i < HMACS; i++) {
        used += hmac.of(NONCE, TIME, body)[0];
      }
      double each = (threads.getCurrentThreadCpuTime() - before) / 1e3 / HMACS;
      best = Math.min(best, each);
    }
    if (used == 1) { // so that nothing of it can be left out
      System.out.println();
    }
    return best;
  }
}
