package io.culvert.mqtt.server;

/**
 * The memory that unfinished packets of clients hold which are not let in yet, so that many who
 * send half a CONNECT cannot take all there is. Shared by the connections of one thread, each of
 * which reports what it holds and gives it back when it is let in or ends.
 */
public final class Strangers {
  private final long limitBytes;
  private long heldBytes;

  private Strangers(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  public static Strangers of(Limits limits) {
    return new Strangers(limits.connectingBytes());
  }

  void change(int bytes) {
    heldBytes += bytes;
  }

  boolean holdTooMuch() {
    return heldBytes > limitBytes;
  }

  long heldBytes() {
    return heldBytes;
  }
}
