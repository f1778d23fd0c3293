package io.culvert.mqtt.model;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import java.util.List;

/** A server that a script is played against. */
public interface World {
  /** A new connection, whose client will speak this version. */
  Line open(MqttVersion version);

  /** Time passes, for the server as well. */
  void pass(long seconds);

  /**
   * Waits until the server has done all that the last step made it do.
   *
   * @param lines all that are still watched
   */
  void settle(List<Line> lines);

  /** The client's end of a connection. */
  interface Line {
    void send(Bytes bytes);

    /** Ends the stream, without DISCONNECT. */
    void end();

    /** All that has come since the last call. */
    List<MqttPacket> take();

    /** The server has closed it. */
    boolean isClosed();

    /** So many packets at least, or the close, must come before the server can have settled. */
    default void await(int packets, boolean close) {}
  }
}
